"""What the harness must know of each pipeline under test, one package per pipeline."""
