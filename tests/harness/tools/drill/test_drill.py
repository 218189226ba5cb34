"""What a drill needs of a pipeline."""

from __future__ import annotations


def test_a_pipeline_without_faults_cannot_be_drilled(project):
    done = project.parity("drill")
    assert done.returncode == 2
    assert "pipeline toy: names no faults; give it the attribute drill" in done.stderr
