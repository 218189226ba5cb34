"""Runs of the pipeline: what they leave behind, in a folder each."""
