"""What people run besides a comparison."""
