"""Finds drift between the runners of a pipeline, and between a run and its accepted outputs."""
