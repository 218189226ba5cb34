"""Patterns in which hundreds of differences of one stage fold: one recogniser a file, found by ``fold``."""
