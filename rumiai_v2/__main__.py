"""``python -m rumiai_v2``."""

from rumiai_v2.entry import main

main()
