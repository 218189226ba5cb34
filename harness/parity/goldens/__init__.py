"""What was accepted, by whom and why."""
