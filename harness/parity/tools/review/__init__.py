"""The report of the last run as a local page on which goldens are decided."""
