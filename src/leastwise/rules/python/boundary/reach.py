"""Whose boundary a subject can take off or replace, and how serious that is."""

from collections.abc import Callable
from typing import Literal, NamedTuple, TypeAlias

from leastwise.rules.admins import is_admin_equivalent
from leastwise.rules.cases import Case
from leastwise.rules.format import Ask
from leastwise.rules.hits import Hit
from leastwise.rules.model import Level
from leastwise.rules.python.boundary import delegation
from leastwise.rules.python.boundary.delegation import KINDS
from leastwise.rules.questions import ask
from leastwise.semantics.model import Answer

Whose: TypeAlias = Literal["own", "delegated", "any", "some"]
Change: TypeAlias = Callable[[str, str], Ask]
"""The question whether the boundary of a kind of principal can be changed, on a resource."""

LEVELS: dict[Whose, Level] = {
    "own": "error",
    "delegated": "error",
    "any": "error",
    "some": "warning",
}


class Reach(NamedTuple):
    """Hold the most serious way to change a boundary: ``kind`` is Role or User."""

    whose: Whose
    kind: str
    answer: Answer

    def hit(self, messages: dict[Whose, str]) -> Hit:
        """Make a hit of it."""
        return Hit(
            LEVELS[self.whose],
            self.answer.certainty,
            (self.answer,),
            messages[self.whose],
            words={"kind": self.kind.lower()},
        )


def reach(case: Case, own: Change, others: Change) -> Reach | None:
    """Find whose boundary can be changed; whoever may create what nothing binds needs no such way.

    ``own`` asks about the subject itself, ``others`` about whom it creates or finds.
    """
    if not delegation.may_call(case, "iam:*PermissionsBoundary"):
        return None
    return _own(case, own) or _others(case, others)


def _own(case: Case, change: Change) -> Reach | None:
    if case.principal is None or case.principal.boundary is None:
        return None
    for kind in KINDS:
        answer = ask(case, change(kind, f"own-{kind.lower()}"))
        if answer.certainty != "no":
            return Reach("own", kind, answer)
    return None


def _others(case: Case, change: Change) -> Reach | None:
    for kind in KINDS:
        answer = ask(case, change(kind, f"any-{kind.lower()}"))
        if answer.certainty == "no":
            continue
        if delegation.guards(case):
            return Reach("delegated", kind, answer)
        if _needs_no_such_way(case):
            return None
        unnamed = ask(case, change(kind, f"unnamed-{kind.lower()}"))
        if unnamed.certainty != "no":
            return Reach("any", kind, unnamed)
        return Reach("some", kind, answer)
    return None


def _needs_no_such_way(case: Case) -> bool:
    if case.principal is not None and is_admin_equivalent(case.principal, case.view.graph):
        return True
    return delegation.unbound(case).certainty != "no"
