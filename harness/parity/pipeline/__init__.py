"""What a pipeline under test is, and the settings that name it."""
