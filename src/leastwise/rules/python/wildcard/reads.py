"""wildcard/data-read, wildcard/credential-read: reading what every resource of a type holds.

Reading is a note: people do it on purpose. It is a warning where the configuration calls one of
the resources sensitive, or somebody outside of the account can get into the holder.
"""

from typing import NamedTuple

from leastwise.entry.attackers import is_entered_from_outside
from leastwise.iam.policy import Pattern, Statement
from leastwise.rules.cases import Case
from leastwise.rules.hits import Hit
from leastwise.rules.python.wildcard.on_every import (
    EXTENTS,
    Opened,
    bits_of_wide,
    known_actions,
    opened,
)
from leastwise.rules.python.wildcard.weights import CREDENTIAL_READS, DATA_READS, bits_among
from leastwise.rules.wording import listed
from leastwise.semantics.access import allows
from leastwise.semantics.actions import ActionInfo
from leastwise.semantics.model import Answer, RequestPattern

CREDENTIALS = "{subject} {may} read credentials on {extent} with {actions}"
DATA = "{subject} {may} read data on {extent} with {actions}"
SENSITIVE = ", {resource} among them, which the configuration calls sensitive"
OUTSIDE = ", and somebody outside of the account can get into {holder}"
SHOWN = 3


class _Kind(NamedTuple):
    actions: tuple[str, ...]
    message: str


def decide_credentials(case: Case) -> tuple[Hit, ...]:
    """Make one hit for each statement that opens credentials."""
    return _decide(case, _Kind(CREDENTIAL_READS, CREDENTIALS))


def decide_data(case: Case) -> tuple[Hit, ...]:
    """Make one hit for each statement that opens data."""
    return _decide(case, _Kind(DATA_READS, DATA))


def _decide(case: Case, kind: _Kind) -> tuple[Hit, ...]:
    def chosen(statement: Statement) -> list[ActionInfo]:
        return known_actions(bits_of_wide(statement) & bits_among(kind.actions))

    return tuple(_hit(found, kind, case) for found in opened(case, chosen))


def _hit(opening: Opened, kind: _Kind, case: Case) -> Hit:
    found = opening.found
    names = [one.known.name for one in found]
    certain = any(one.answer.certainty == "proven" for one in found)
    hit = Hit(
        "note",
        "proven" if certain else "possible",
        tuple(one.answer for one in found),
        kind.message,
        words={"actions": listed(names, SHOWN), "extent": EXTENTS[found[0].extent]},
        points_at="resource",
    )
    sensitive = _sensitive(opening, tuple(names), case)
    if sensitive is not None:
        answers = (sensitive, *hit.answers)
        message = kind.message + SENSITIVE
        return hit._replace(
            level="warning", certainty=sensitive.certainty, answers=answers, message=message
        )
    entered = next((h for h in case.holders if is_entered_from_outside(h, case.view.config)), None)
    if entered is not None:
        words = {**hit.words, "holder": entered.address}
        return hit._replace(level="warning", message=kind.message + OUTSIDE, words=words)
    return hit


def _sensitive(opening: Opened, actions: tuple[str, ...], case: Case) -> Answer | None:
    """Look for a resource that is called sensitive; a bucket stands for what is in it."""
    globs = [*case.view.config.sensitive]
    resources = tuple(Pattern((text,)) for glob in globs for text in (glob, f"{glob}/*"))
    if not resources:
        return None
    pattern = RequestPattern(actions=actions, resources=resources)
    answer = allows(opening.cut.access, pattern)
    return None if answer.certainty == "no" else opening.cut.restored(answer)
