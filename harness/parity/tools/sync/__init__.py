"""Static check that the configurations of a pipeline are one code path: reads source, schemas and pages, imports none of it.

Standard library only, so that it runs before anything is installed: ``python3 -m harness.sync``.
"""
