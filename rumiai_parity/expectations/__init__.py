"""Does a run find what is known to be in its case? Checks by component, as pure functions of the outputs."""
