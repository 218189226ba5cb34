"""From differences to causes: which stage broke, how, and the proof by running it again on the other side's data."""
