"""The report as one page: ``payload`` gathers what it shows, ``render`` draws it, ``write`` puts it on disk."""
