"""``python -m rumiai_v2``."""

from rumiai_v2.cli import main

main()
