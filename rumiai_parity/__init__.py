"""RumiAI as a pipeline under test: its corpus, the platform it downloads from, and what its runs must find."""
