"""Learn from repeated and perturbed runs how far values spread, and propose tolerances from it."""
