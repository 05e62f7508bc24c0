"""wildcard/resource-on-write: a statement lets its holder change every resource.

Counted are known actions that write, manage permissions or tag, and that could be limited to
resources (Service Authorization Reference).
"""

from leastwise.iam.policy import Statement
from leastwise.rules.cases import Case
from leastwise.rules.hits import Hit
from leastwise.rules.model import LEVELS, Level, cap
from leastwise.rules.python.wildcard.on_every import (
    EXTENTS,
    Open,
    Opened,
    bits_of_wide,
    known_actions,
    opened,
)
from leastwise.rules.python.wildcard.weights import is_change, weight, without_reads
from leastwise.rules.wording import listed
from leastwise.semantics.actions import ActionInfo

MESSAGE = "{subject} {may} call {actions} on {extent}, although {it} can be limited to some"
SHOWN = 3


def decide(case: Case) -> tuple[Hit, ...]:
    """Make one hit for each statement."""
    return tuple(_hit(found) for found in opened(case, _changes))


def _changes(statement: Statement) -> list[ActionInfo]:
    """List what the statement lets its holder change, the most serious first."""
    known = known_actions(without_reads(bits_of_wide(statement)))
    changes = [one for one in known if is_change(one)]
    return sorted(changes, key=lambda k: (-LEVELS.index(weight(k)), k.name))


def _level(one: Open) -> Level:
    """Grade one action: whoever names an account or Region has thought of where it ends."""
    return cap(weight(one.known), "warning" if one.extent == "everywhere" else "note")


def _hit(opening: Opened) -> Hit:
    found = opening.found
    names = [one.known.name for one in found]
    text = listed(names, SHOWN) + (" at least" if opening.more else "")
    first = max(found, key=lambda one: LEVELS.index(_level(one)))
    return Hit(
        _level(first),
        "proven" if any(one.answer.certainty == "proven" for one in found) else "possible",
        tuple(one.answer for one in found),
        MESSAGE,
        words={
            "actions": text,
            "extent": EXTENTS[first.extent],
            "it": "it" if len(names) == 1 else "they",
        },
        points_at="resource",
    )
