"""What must hold in RumiAI's source, schemas, goldens and pages for its two configurations to be one pipeline.

``parity.toml`` names ``RULES``. Each rule reads a tree and imports nothing of it; ``docs/sync.md`` lists them.
"""

from parity.tools.sync.rules import Rule
from rumiai_parity.sync_rules import (
    analyses,
    documents,
    effects,
    goldens,
    layers,
    one_path,
    pages,
    reach,
    services,
    settings,
    stages,
    unaware,
)

RULES: tuple[Rule, ...] = (
    *one_path.RULES,
    *unaware.RULES,
    *stages.RULES,
    *analyses.RULES,
    *services.RULES,
    *documents.RULES,
    *settings.RULES,
    *effects.RULES,
    *layers.RULES,
    *reach.RULES,
    *goldens.RULES,
    *pages.RULES,
)
