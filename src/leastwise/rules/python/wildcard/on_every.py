"""What a statement lets its holder do on every resource of a type, although it could name some.

Counted are known actions that can be limited to resources (Service Authorization Reference). A
condition that not every request meets makes the grant a limited one, unless it asks for no more
than TLS or a Region. Every resource may be that of one account or region, where the ARN says so.
"""

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Literal, NamedTuple, TypeAlias

from leastwise.iam.arns import Pieces, joined, segments, spelled
from leastwise.iam.policy import Pattern, Patterns, Statement
from leastwise.rules.cases import Case
from leastwise.rules.python.wildcard.contexts import met
from leastwise.rules.python.wildcard.cuts import Cut, cut, statements
from leastwise.semantics.access import allows_all
from leastwise.semantics.actions import ActionInfo, action_index, info
from leastwise.semantics.callers import UNNAMED
from leastwise.semantics.entries import entries_for
from leastwise.semantics.globs import has_wildcard
from leastwise.semantics.model import Answer, EffectiveAccess, RequestPattern
from leastwise.semantics.pattern import globs_of
from leastwise.semantics.readings import action_matches, resource_matches
from leastwise.semantics.remembered import by_identity

ASKED = 24
TRIES = 40_000
MOST_CHARACTERS = 4096
"""ARNs have 2,048 characters at most, but a star may be written often."""
MISSES = 4
"""Actions asked in vain before a statement counts as one that its conditions limit."""
PLACES = 4
"""Accounts and regions of one statement that are looked at."""
Extent: TypeAlias = Literal["everywhere", "account", "region", "other-account"]
EXTENTS: dict[Extent, str] = {
    "everywhere": "every resource",
    "account": "every resource of the account",
    "region": "every resource of a region",
    "other-account": "every resource of another account",
}
"""How far a grant reaches, in words."""
_ANY = "?*"
_ACCESS_POINT = ":accesspoint/"


class Place(NamedTuple):
    """Hold the partition, region and account that an ARN states; None: it leaves them open."""

    partition: Pieces | None = None
    region: Pieces | None = None
    account: Pieces | None = None


class Open(NamedTuple):
    """Hold one action that a statement allows on every resource, and how far that reaches."""

    known: ActionInfo
    answer: Answer
    extent: Extent


class Opened(NamedTuple):
    """Hold what one statement opens, in the order asked for; ``more``: there may be others."""

    cut: Cut
    found: tuple[Open, ...]
    more: bool


Chosen: TypeAlias = Callable[[Statement], list[ActionInfo]]


def opened(case: Case, chosen: Chosen) -> Iterator[Opened]:
    """List the statements that open actions; ``chosen`` lists those of interest.

    The most serious come first. Statements with NotAction or NotResource are other rules.
    """
    for index, statement in statements(case):
        if _is_wide(statement):
            found = _of_statement(case, index, statement, chosen(statement))
            if found is not None:
                yield found


@by_identity(maxsize=4096)
def bits_of_wide(statement: Statement) -> int:
    """Return the known actions of a statement but for whole services on everything.

    Those are other rules, and their actions need not be listed.
    """
    index = action_index()
    everything = _reaches_everything(statement.resources)
    bits = 0
    for glob in statement.actions.globs:
        whole = (glob.literal or "").partition(":")[2] in ("", "*")
        if glob.literal is not None and not (whole and everything):
            bits |= index.bits(glob.literal)
    return bits


def known_actions(bits: int) -> list[ActionInfo]:
    """List the actions of a bit set that can be limited to resources, in order."""
    known = (info(name) for name in action_index().names(bits))
    return [one for one in known if one is not None and one.arn_formats]


def _is_wide(statement: Statement) -> bool:
    """Sort out at once what names its resources."""
    resources = statement.resources
    if statement.actions.negated or resources is None or resources.negated:
        return False
    return any(isinstance(p, str) and "*" in p for g in resources.globs for p in g.pieces)


def _reaches_everything(resources: Patterns | None) -> bool:
    return resources is not None and any(not str(g).strip("*?") for g in resources.globs)


def _of_statement(
    case: Case, index: int, statement: Statement, wanted: list[ActionInfo]
) -> Opened | None:
    reaching = _reaching(statement, wanted) if wanted else []
    if not reaching:
        return None
    alone = cut(case, index)
    found = _found(case, alone, reaching[:ASKED])
    if not found:
        return None
    named = tuple(one._replace(answer=alone.restored(one.answer)) for one in found)
    return Opened(alone, named, len(reaching) > ASKED)


def _found(case: Case, alone: Cut, reaching: list[tuple[ActionInfo, list[Place]]]) -> list[Open]:
    access, statement = alone.access, alone.statement
    found: list[Open] = []
    for count, (known, places) in enumerate(reaching):
        if found and _is_plain(access, statement):
            answer = _by_name(found[0].answer, known, statement)
            found.append(found[0]._replace(known=known, answer=answer))
            continue
        if not found and count >= MISSES:
            break
        one = _on_every(case, alone, known, places)
        found += [] if one is None else [one]
    return found


def _by_name(answer: Answer, known: ActionInfo, statement: Statement) -> Answer:
    """Return the answer for another action of a plain statement, with the string that names it."""
    globs = entries_for(statement.actions, known.name)
    named = next((g for g in globs if action_matches(g.pieces, known.name)), None)
    return answer._replace(deciding=tuple(d._replace(action=named) for d in answer.deciding))


def _is_plain(access: EffectiveAccess, statement: Statement) -> bool:
    """Say whether a statement reaches every resource and nothing else has a say."""
    if access.boundary is not None or statement.conditions or statement.conditions_tail:
        return False
    denies = any(s.effect == "Deny" for p in access.identity for s in p.document.statements)
    globs = statement.resources.globs if statement.resources is not None else ()
    return not denies and any(glob.literal == "*" for glob in globs)


def _places(statement: Statement) -> list[Place]:
    """List what ARNs that end in a wildcard state, those that state least first."""
    found = {}
    for glob in statement.resources.globs if statement.resources is not None else ():
        parts = segments(glob)
        if len(parts) < 6:
            found[Place()] = True
            continue
        last = parts[5][-1:] if parts[5] else ()
        if last and isinstance(last[0], str) and last[0].endswith("*"):
            partition, region, account = (_stated(parts[i]) for i in (1, 3, 4))
            found[Place(partition)] = True
            found[Place(partition, region, account)] = True
    return sorted(found, key=lambda p: sum(part is not None for part in p))[:PLACES]


def _stated(part: Pieces) -> Pieces | None:
    text = spelled(part)
    return None if text is not None and (has_wildcard(text) or not text) else part


def _formats(known: ActionInfo) -> tuple[str, ...]:
    """Return the ARNs of an action; an access point is but another way to a bucket."""
    buckets = tuple(f for f in known.arn_formats if _ACCESS_POINT not in f)
    return buckets or known.arn_formats


def _within(arn_format: str, place: Place) -> Pattern:
    """Return a glob over ARNs as those of a place."""
    parts: list[Pieces] = [(part,) if part else () for part in arn_format.split(":", 5)]
    for index, stated in ((1, place.partition), (3, place.region), (4, place.account)):
        if stated is not None and len(parts) == 6 and parts[index] == (_ANY,):
            parts[index] = stated
    return joined(tuple(p for i, part in enumerate(parts) for p in ((":",) * (i > 0) + part)))


def _reaching(
    statement: Statement, wanted: list[ActionInfo]
) -> list[tuple[ActionInfo, list[Place]]]:
    """Refute quickly: a resource of each type, of a name that nobody uses, must be reached.

    One more is returned than is asked, to tell that there are others.
    SOUND: under-approximates; strings longer than any ARN, and more than so many tries, are left.
    """
    places = _places(statement)
    resources = statement.resources.globs if statement.resources is not None else ()
    globs = tuple(glob for glob in resources if len(str(glob)) <= MOST_CHARACTERS)
    reached = _Reached(globs)
    found = []
    tries = TRIES
    for known in wanted:
        within = [place for place in places if reached.may_be_all(known, place)]
        found += [(known, within)] if within else []
        tries -= len(places) * len(globs)
        if len(found) > ASKED or tries <= 0:
            break
    return found


class _Reached:
    """Say what some strings reach, each type of resource asked for once."""

    def __init__(self, globs: tuple[Pattern, ...]) -> None:
        self._globs = globs
        self._known: dict[tuple[str, Place], bool] = {}

    def may_be_all(self, known: ActionInfo, place: Place) -> bool:
        return all(self._may_reach(arn_format, place) for arn_format in _formats(known))

    def _may_reach(self, arn_format: str, place: Place) -> bool:
        key = arn_format, place
        if key not in self._known:
            arn = _unnamed(arn_format, place)
            self._known[key] = any(
                resource_matches(g.pieces, arn) is not False for g in self._globs
            )
        return self._known[key]


def _unnamed(arn_format: str, place: Place) -> Pieces:
    globs = tuple(globs_of(part) for part in place if part is not None)
    return _unnamed_once(arn_format, place, globs)


@lru_cache(maxsize=4096)
def _unnamed_once(arn_format: str, place: Place, globs: tuple[tuple[str, ...], ...]) -> Pieces:
    # INVARIANT: a cached row stands for symbols of the same globs (``globs`` is in the key).
    del globs
    pattern = _within(arn_format, place)
    return tuple(p.replace(_ANY, UNNAMED) if isinstance(p, str) else p for p in pattern.pieces)


def _on_every(case: Case, alone: Cut, known: ActionInfo, places: list[Place]) -> Open | None:
    """Ask for every resource, then for those of a partition, account and region."""
    context, regional = met(alone.statement)
    for place in places:
        resources = None if place == Place() else tuple(_within(f, place) for f in _formats(known))
        pattern = RequestPattern(actions=(known.name,), resources=resources, context=context)
        answer = allows_all(alone.access, pattern)
        if answer.certainty == "proven" or answer.assumptions:
            return Open(known, answer, "region" if regional else _extent(case, known, place))
    return None


def _extent(case: Case, known: ActionInfo, place: Place) -> Extent:
    """Say how far a grant reaches in a place; an account that is not known is the own."""
    split = [arn_format.split(":", 5) for arn_format in _formats(known)]
    if place.region is not None and any(p[3] == _ANY for p in split):
        return "region"
    if place.account is None or all(p[4] != _ANY for p in split):
        return "everywhere"
    own = segments(case.self_arn)
    number = spelled(own[4]) if len(own) == 6 else None
    stated = spelled(place.account)
    other = number is not None and stated is not None and number != stated
    return "other-account" if other else "account"
