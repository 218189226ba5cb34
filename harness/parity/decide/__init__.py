"""Goldens are decisions: what is pending, who accepted or rejected it and why, and the ledger that keeps it."""
