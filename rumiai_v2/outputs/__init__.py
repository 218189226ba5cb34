"""What a run leaves behind: file sets, unified file, report, return structure."""
