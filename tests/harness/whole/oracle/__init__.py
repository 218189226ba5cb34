"""Generated pairs of documents, judged by a slow reader of its own, against every comparison there is."""
