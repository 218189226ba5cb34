"""The seven analyses: pure functions of the unified analysis document, one file each."""
