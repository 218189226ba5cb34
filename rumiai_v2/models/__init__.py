"""The data that flows between the stages. One idea per file; all of it maps to JSON and back."""
