"""One comparison of all cases, from its start to its report."""
