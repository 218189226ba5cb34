"""From a file to what the services read: one decode pass, one audio extraction."""
