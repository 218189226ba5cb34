"""Property tests draw what the profile says: the same examples in every run, however long one takes."""

import os

from hypothesis import settings

#: What a decorated test of any file has: it is decorated when the file is imported.
DECORATED = settings(max_examples=3)


def test_the_profile_that_was_asked_for_holds_for_every_file():
    assert DECORATED.derandomize is (os.environ.get("HYPOTHESIS_PROFILE", "repeatable") == "repeatable")
    assert DECORATED.deadline is None
