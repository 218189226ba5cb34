"""These tests need the extra [feat] (locks/feat.lock): `make test-feat` runs them in an environment of their own."""

import importlib.util

# Not collected elsewhere: the gate runs without py-feat, and its adapter has tests on recorded rows there.
collect_ignore_glob = [] if importlib.util.find_spec("feat") else ["test_*.py"]
