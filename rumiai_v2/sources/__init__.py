"""Where a video and its metadata come from: the only place where the runner configurations differ."""
