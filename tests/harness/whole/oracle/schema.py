"""One schema with every kind of place, as specs that both the schema and the oracle are made from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Spec:
    """One place. ``abs`` and ``rel``: what is tolerated of a number, or of a text in characters; ``kind``: its class."""

    type: str
    kind: str = "exact"
    abs: float = 0.0
    rel: float = 0.0
    null: bool = False
    ignored: str = ""
    fields: dict[str, Spec] = field(default_factory=dict)
    optional: frozenset[str] = frozenset()
    rest: Spec | None = None
    item: Spec | None = None
    length: int | None = None
    align: dict[str, Any] = field(default_factory=dict)
    series: bool = False
    inside: Spec | None = None

    def schema(self) -> dict[str, Any]:
        """The JSON schema of this place."""
        made: dict[str, Any] = {"type": [self.type, "null"] if self.null else self.type}
        annotation: dict[str, Any] = {}
        if self.kind != "exact":
            annotation["class"] = self.kind
        if self.ignored in ("volatile", "environment"):
            annotation[self.ignored] = "changes from run to run"
        if self.align:
            annotation["align"] = self.align
        if self.series:
            annotation["series"] = {"x": "index", "step": 1}
        if annotation:
            made["x-parity"] = annotation
        if self.type == "object":
            made["additionalProperties"] = self.rest.schema() if self.rest else False
            if self.fields:
                made["properties"] = {key: spec.schema() for key, spec in self.fields.items()}
                made["required"] = [key for key in self.fields if key not in self.optional]
        if self.item is not None:
            made["items"] = self.item.schema()
            if self.length:
                made |= {"minItems": self.length, "maxItems": self.length}
        if self.inside is not None:
            made |= {"contentMediaType": "application/json", "contentSchema": self.inside.schema()}
        return made


def _closed(optional: tuple[str, ...] = (), **fields: Spec) -> Spec:
    return Spec("object", fields=fields, optional=frozenset(optional))


TOLERANCES = {"near": (0.05, 0.0), "share": (0.0, 0.01), "few": (2, 0.0), "read": (0.25, 0.0)}
NEAR, SHARE = Spec("number", "near", 0.05), Spec("number", "share", 0.0, 0.01)
FEW, READ = Spec("integer", "few", 2), Spec("string", "read", 0.25)
REAL, WHOLE, TEXT, FLAG = Spec("number"), Spec("integer"), Spec("string"), Spec("boolean")
VOLATILE, ENVIRONMENT = Spec("string", ignored="volatile"), Spec("string", ignored="environment")

_ODD = {"__typename": TEXT, "a.b": WHOLE, "x[3]": NEAR, "": TEXT, "(json)": WHOLE, "ключ": TEXT, "a b": FLAG}
_USUAL = _closed(
    optional=("maybe", "map", "items", "curve", "host", "read", "half"),
    count=WHOLE,
    real=REAL,
    near=NEAR,
    share=SHARE,
    about=FEW,
    text=TEXT,
    read=READ,
    flag=FLAG,
    maybe=Spec("number", "near", 0.05, null=True),
    half=Spec("object", null=True, fields={"a": WHOLE}),
    stamp=VOLATILE,
    host=ENVIRONMENT,
    source=Spec("string", ignored="declared"),
    map=Spec("object", rest=NEAR),
    items=Spec("array", item=_closed(n=WHOLE, v=NEAR)),
    seen=Spec("array", item=_closed(at=REAL, name=TEXT, v=NEAR), align={"by": "at", "within": 0.25, "then": ["name"]}),
    curve=Spec("array", item=NEAR, series=True),
    words=Spec("array", item=TEXT),
    box=Spec("array", item=NEAR, length=4),
    inside=Spec("string", inside=_closed(a=WHOLE, b=Spec("array", item=NEAR), stamp=VOLATILE)),
)
ROOT = Spec("object", fields={**_USUAL.fields, **_ODD}, optional=_USUAL.optional | frozenset(_ODD))

ID = "oracle.schema.json"
DOCUMENT = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": ID, **ROOT.schema()}
CLASSES = {
    "title": "Tolerances of the oracle",
    "classes": {
        "exact": {"abs": 0, "rel": 0, "unit": "any", "provenance": "by definition"},
        **{
            name: {"abs": a, "rel": r, "unit": "CER" if name == "read" else "any", "provenance": "test"}
            for name, (a, r) in TOLERANCES.items()
        },
    },
}
DECLARED = {
    "artifact": "thing",
    "path": "source",
    "reason": "each names its own",
    "owner": "keeper",
    "expires": "2099-12-31",
    "patterns": {"web": "web:.*", "disk": "disk:.*"},
}
