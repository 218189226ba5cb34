"""From outcomes and causes to reports: JSON, terminal, page, Markdown, JUnit; nothing is judged here."""
