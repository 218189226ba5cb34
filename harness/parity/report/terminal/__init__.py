"""The summary of a comparison for people at a terminal, section by section, as lines of styled text."""
