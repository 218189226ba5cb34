"""The report as one page: ``payload`` gathers what it shows, ``render`` draws it and puts it on disk."""
