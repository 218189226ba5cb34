"""From outcomes to reports: collected while pytest runs, written as JSON, summed up for people."""
