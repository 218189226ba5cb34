"""The checks that a case must pass, and their outcomes."""
