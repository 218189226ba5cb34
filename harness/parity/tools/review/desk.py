"""The desk: what a page asks to have decided is checked, decided, and remembered until the review ends."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from parity.pipeline.settings import Config
from parity.verdict import ParityError

if TYPE_CHECKING:
    from parity.decide.decide import Decision
    from parity.decide.select import Selection

ACTIONS = ("accept", "reject")
#: What a selection may name, each as a list of texts.
NAMES = ("causes", "cases", "artifacts", "fields")


class Refused(ParityError):
    """A question that is not decided; ``status`` is that of HTTP."""

    def __init__(self, text: str, status: int) -> None:
        super().__init__(text)
        self.status = status


@dataclass(frozen=True)
class Asked:
    """What a page asks for: to ``action`` what it selects, out of the run ``run_id`` that it shows."""

    action: str
    selection: Selection
    reason: str
    run_id: str


class Desk:
    """Decides one thing at a time; what other processes decide meanwhile ``parity.decide`` keeps apart.

    ``say`` gets what a decision that takes long says of itself.
    """

    def __init__(self, config: Config, say: Callable[[str], None]) -> None:
        self.config, self.say = config, say
        self.made: list[Decision] = []
        self._lock = threading.Lock()

    def state(self) -> dict[str, Any]:
        """How far the decisions are, as the page shows it."""
        from parity.decide import state

        return state.state(self.config)

    def decide(self, given: Any) -> dict[str, Any]:
        """Decide what ``given`` asks for (the body of a request); the answer for the page: a message and the state.

        ``Refused`` where the question cannot be used or is about another run than the last; other errors of the harness
        where what it asks for cannot be decided.
        """
        from parity.decide import decide
        from parity.run import runs

        asked = read(given)
        with self._lock:
            try:
                made = self._decided(asked)
            except (decide.DecidedError, runs.Busy) as error:
                raise Refused(str(error), 409) from error
            except runs.Lost as error:
                raise Refused(f"nothing was decided: {error}", 409) from error
            self.made.append(made)
            self.say(made.text())
        return {"message": made.text(), "state": self.state()}

    def _decided(self, asked: Asked) -> Decision:
        from parity.decide import decide

        if asked.action == "accept":
            return decide.accept(self.config, asked.selection, reason=asked.reason, run_id=asked.run_id, say=self.say)
        return decide.reject(self.config, asked.selection, reason=asked.reason or None, run_id=asked.run_id)


def read(given: Any) -> Asked:
    """``given`` as a question; ``Refused`` names the first part of it that cannot be used."""
    from parity.decide.select import Selection

    _only(given, ("action", "selection", "reason", "run_id"), "the request")
    action, chosen = given.get("action"), given.get("selection")
    if action not in ACTIONS:
        raise Refused(f"action: expected one of {', '.join(ACTIONS)}, got {action!r}", 400)
    _only(chosen, (*NAMES, "everything"), "selection")
    everything = chosen.get("everything", False)
    if not isinstance(everything, bool):
        raise Refused(f"selection.everything: expected true or false, got {everything!r}", 400)
    names = {name: _texts(chosen.get(name, []), f"selection.{name}") for name in NAMES}
    if not everything and not any(names.values()):
        raise Refused(f"selection: names nothing; expected {', '.join(NAMES)} or everything", 400)
    reason = _text(given.get("reason") or "", "reason").strip()
    if action == "accept" and not reason:
        raise Refused("reason: say why this is how it should be; the ledger keeps it", 400)
    return Asked(action, Selection(**names, everything=everything), reason, _text(given.get("run_id"), "run_id"))


def _only(given: Any, known: tuple[str, ...], where: str) -> None:
    if not isinstance(given, Mapping):
        raise Refused(f"{where}: expected an object with {', '.join(known)}, got {type(given).__name__}", 400)
    if unknown := sorted(set(given) - set(known)):
        raise Refused(f"{where}: unknown key {unknown[0]!r}; known: {', '.join(known)}", 400)


def _texts(given: Any, where: str) -> tuple[str, ...]:
    if not isinstance(given, list):
        raise Refused(f"{where}: expected a list of texts, got {given!r}", 400)
    return tuple(_text(each, where) for each in given)


def _text(given: Any, where: str) -> str:
    """A text that a file can hold: JSON can spell half of a character, UTF-8 cannot."""
    if not isinstance(given, str):
        raise Refused(f"{where}: expected a text, got {given!r}", 400)
    try:
        given.encode("utf-8")
    except UnicodeEncodeError as error:
        raise Refused(f"{where}: is no text: {error.reason}", 400) from error
    return given
