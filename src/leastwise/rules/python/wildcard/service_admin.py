"""wildcard/service-admin: every action of a service on every resource.

The services are those that a wildcard of the policy names; IAM is ``wildcard/admin``. A service
that can only be read, or whose changes can't be limited to resources and leave permissions alone,
is no more than a note; where nothing changes or can be limited there is nothing to say.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from leastwise.iam.policy import Statement
from leastwise.rules.cases import Case
from leastwise.rules.hits import Hit
from leastwise.rules.model import Level
from leastwise.rules.python.wildcard.contexts import Met, met
from leastwise.rules.python.wildcard.weights import is_change, weight
from leastwise.rules.wording import listed
from leastwise.semantics.access import allows_all
from leastwise.semantics.actions import ActionInfo, action_index, info
from leastwise.semantics.model import Answer, RequestPattern
from leastwise.semantics.remembered import by_identity

MESSAGE = "{subject} {may} call every action of {services} on every resource"
IN_REGION = f"{MESSAGE} of a region"
SHOWN = 4
SPANNED = 8
"""Services that a wildcard before the colon may match; more are other rules."""


class Whole(NamedTuple):
    """Hold a service that is allowed as a whole; ``regional``: in Regions that are named."""

    service: str
    answer: Answer
    regional: bool


def decide(case: Case) -> tuple[Hit, ...]:
    """Make one hit for each statement that grants whole services."""
    found: dict[tuple[int, int], list[Whole]] = {}
    for service, within in sorted(_services(case).items()):
        if worth(service) is None:
            continue
        pattern = RequestPattern(actions=(f"{service}:*",), context=within.context)
        answer = allows_all(case.access, pattern)
        if answer.deciding and (answer.certainty == "proven" or answer.assumptions):
            first = answer.deciding[0]
            one = Whole(service, answer, within.regional)
            found.setdefault((id(first.policy), first.statement), []).append(one)
    return tuple(_hit(answers) for answers in found.values())


def _services(case: Case) -> dict[str, Met]:
    """List the services that are named, with the context that conditions leave open at most."""
    found: dict[str, Met] = {}
    statements = (s for p in case.access.identity for s in p.document.statements)
    for statement in (s for s in statements if s.effect == "Allow"):
        within = met(statement)
        for service in _in(statement):
            known = found.setdefault(service, within)
            found[service] = min(known, within, key=lambda m: len(m.context))
    found.pop("iam", None)
    return found


@by_identity(maxsize=4096)
def _in(statement: Statement) -> tuple[str, ...]:
    if statement.actions.negated:
        return ()
    known = action_index().services
    found = []
    for glob in statement.actions.globs:
        service, colon, name = (glob.literal or "").lower().partition(":")
        if colon and "*" in name and service in known:
            found.append(service)
        elif "*" in service or "?" in service:
            found += _spanned(glob.literal or "")
    return tuple(found)


@lru_cache(maxsize=1024)
def _spanned(glob: str) -> tuple[str, ...]:
    """List the services that a glob with a wildcard before its colon matches."""
    index = action_index()
    bits = index.bits(glob)
    found = index.by_service(bits, ()) if bits != index.everything else []
    return tuple(prefix for prefix, _ in found) if len(found) <= SPANNED else ()


@lru_cache(maxsize=512)
def worth(service: str) -> Level | None:
    """Grade a whole service by what it changes that could be limited to some resources."""
    if any(_is_serious(known) for known in _actions(service)):
        return "warning"
    if any(is_change(known) or known.arn_formats for known in _actions(service)):
        return "note"
    return None


def _actions(service: str) -> Iterator[ActionInfo]:
    index = action_index()
    for name in index.names(index.bits(f"{service}:*")):
        known = info(name)
        if known is not None:
            yield known


def _is_serious(known: ActionInfo) -> bool:
    worth_limiting = bool(known.arn_formats) or weight(known) == "error"
    return worth_limiting and is_change(known) and weight(known) != "note"


def _hit(found: list[Whole]) -> Hit:
    serious = any(worth(one.service) == "warning" and not one.regional for one in found)
    regional = all(one.regional for one in found)
    return Hit(
        "warning" if serious else "note",
        "proven" if all(one.answer.certainty == "proven" for one in found) else "possible",
        tuple(one.answer for one in found),
        IN_REGION if regional else MESSAGE,
        words={"services": listed([one.service for one in found], SHOWN)},
    )
