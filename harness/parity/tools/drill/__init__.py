"""The harness held against known faults: what is put in on purpose must be found, and named."""
