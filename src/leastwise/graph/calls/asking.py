"""Put questions to the semantics engine once for each class of targets, not for each pair.

Targets that the same strings of the deciding statements match get the same answer. Targets whose
ARNs are not known in full are asked for one by one: what their unknown parts are may decide.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from leastwise.graph.calls.grants import Actor, Grants, Statements
from leastwise.graph.calls.home import own_arns, own_arns_by_type
from leastwise.graph.calls.noise import is_of_others, means_another
from leastwise.graph.calls.people import Bits, People, members_of, opened
from leastwise.iam.arns import is_open, partition_of, segments, spelled, with_partition
from leastwise.iam.policy import Pattern, Statement
from leastwise.iam.project import Principal
from leastwise.semantics.access import allows
from leastwise.semantics.actions import action_index
from leastwise.semantics.model import Answer, Certainty, Context, EffectiveAccess, RequestPattern
from leastwise.semantics.readings import resource_matches
from leastwise.source.value import Symbol

NO = Answer("no")
_BOUNDARY = "iam:permissionsboundary"
_COLONS = 5
_MOST_PLACES = 65_536
"""Pairs of an ARN and the strings that may match it that are remembered."""
_OWN_NAME = "${aws:username}"
_TAG = "resourcetag/"
TAGGED = "only where it carries the tags that the condition asks for"

RANK: tuple[Certainty, ...] = ("no", "possible", "proven")
"""Certainties, the surest last."""


def least(*certainties: Certainty) -> Certainty:
    """Return the least sure of some answers."""
    return min(certainties, key=RANK.index, default="proven")


class Found(NamedTuple):
    """Hold who is found for certain, and who possibly is (the others)."""

    sure: Bits = 0
    maybe: Bits = 0

    @property
    def every(self) -> Bits:
        """Return all of them."""
        return self.sure | self.maybe

    def also(self, other: "Found") -> "Found":
        """Return who is found in either way, as sure as the better of the two."""
        sure = self.sure | other.sure
        return Found(sure, (self.maybe | other.maybe) & ~sure)

    def both(self, other: "Found") -> "Found":
        """Return who is found in both ways, as sure as the worse of the two."""
        sure = self.sure & other.sure
        return Found(sure, self.every & other.every & ~sure)

    def at_most(self, certainty: Certainty) -> "Found":
        """Return who is found when that rests on something else, too."""
        if certainty == "proven":
            return self
        return Found() if certainty == "no" else Found(0, self.every)


class Asking:
    """Answer who may do what to whom, and remember it."""

    def __init__(self, people: People) -> None:
        """Start with nothing asked."""
        self.people = people
        self.statements = Statements()
        self._reached: dict[object, Found] = {}
        self._certainties: dict[object, Certainty] = {}
        self._place = lru_cache(maxsize=_MOST_PLACES)(_place)

    def may(self, actor: Actor, actions: tuple[str, ...]) -> bool:
        """Refute quickly that an actor may call all of some actions."""
        bits = self.statements.may(actor.access)
        return all(bits & action_index().bits(action) for action in actions)

    def answer(
        self,
        actor: Actor,
        action: str,
        resources: tuple[Pattern, ...] | None = None,
        context: Context = (),
    ) -> Answer:
        """Ask for a request with its witness; an ARN of an unknown partition is spelled alike.

        Without ``resources`` any of the actor's own account will do. That a resource carries the
        tags which a condition asks for is possible, unless ``context`` says so.
        """
        keys = self.statements.grants(actor, action).keys
        short = self.statements.about(actor.access, action)
        answer = self._answer(short, action, (actor.arn, resources), (context, keys))
        return self.statements.restored(answer)

    def _answer(
        self,
        access: EffectiveAccess,
        action: str,
        on: tuple[Pattern, tuple[Pattern, ...] | None],
        given: tuple[Context, frozenset[str]],
    ) -> Answer:
        """Ask for a call on some resource; where it names several, for it on each type of them."""
        caller, resources = on
        answer = self._answer_on(access, action, on, given)
        types = own_arns_by_type(caller, action) if resources is None else ()
        if answer.certainty != "proven" or not types or not _tells_resources_apart(access):
            return answer
        answers = (self._answer_on(access, action, (caller, one), given) for one in types)
        return min(answers, key=lambda answer: RANK.index(answer.certainty))

    def _answer_on(
        self,
        access: EffectiveAccess,
        action: str,
        on: tuple[Pattern, tuple[Pattern, ...] | None],
        given: tuple[Context, frozenset[str]],
    ) -> Answer:
        context, keys = given
        told = {key for key, _ in context}
        tags = sorted(key for key in keys if _TAG in key and key not in told)
        pattern = self._pattern(access, action, on)._replace(context=context)
        if not tags:
            return allows(access, pattern)
        bare = (*context, *((key, None) for key in tags))
        answer = allows(access, pattern._replace(context=bare))
        if answer.certainty != "no":
            return answer
        answer = allows(access, pattern)
        if answer.certainty != "proven":
            return answer
        return answer._replace(certainty="possible", reasons=(*answer.reasons, TAGGED))

    def _pattern(
        self, access: EffectiveAccess, action: str, on: tuple[Pattern, tuple[Pattern, ...] | None]
    ) -> RequestPattern:
        caller, resources = on
        if resources is None:
            return RequestPattern((action,), own_arns(caller, action))
        return RequestPattern((action,), spellings(access, resources))

    def tagged(self, actor: Actor, action: str, arn: Pattern) -> Answer:
        """Ask for an action on a resource that carries whatever tags its grant asks for."""
        return allows(actor.access, self._pattern(actor.access, action, (actor.arn, (arn,))))

    def _shortly(
        self,
        actor: Actor,
        action: str,
        resources: tuple[Pattern, ...] | None,
        context: Context = (),
    ) -> Certainty:
        """Ask the statements that may concern an action, and none of the others."""
        access = self.statements.about(actor.access, action)
        keys = self.statements.grants(actor, action).keys
        return self._answer(access, action, (actor.arn, resources), (context, keys)).certainty

    def certainty(
        self,
        actor: Actor,
        action: str,
        resources: tuple[Pattern, ...] | None = None,
        context: Context = (),
    ) -> Certainty:
        """Ask for a request; the answer is shared by all who have the same statements."""
        grants = self.statements.grants(actor, action)
        if not grants.allows and not actor.access.open:
            return "no"
        wanted = tuple((k, v) for k, v in context if k in grants.keys)
        key = grants.key, resources, wanted
        if key not in self._certainties:
            self._certainties[key] = self._shortly(actor, action, resources, wanted)
        return self._certainties[key]

    def certainty_on(self, actor: Actor, action: str, arn: Pattern) -> Certainty:
        """Ask for an action on one ARN; what the same strings match is asked for once."""
        grants = self.statements.grants(actor, action)
        if not grants.allows:
            return "no"
        place = self._place(arn, grants.globs)
        if place == (False,) * len(grants.globs) and not any(map(_is_open, grants.allows)):
            return "no"
        key = grants.key, place, _sort(arn)
        if key not in self._certainties:
            self._certainties[key] = self._shortly(actor, action, (arn,))
        return self._certainties[key]

    def reaching(self, actor: Actor, action: str, among: Bits, context: Context = ()) -> Found:
        """Return the principals of a set on whom an actor may call an action."""
        grants = self.statements.grants(actor, action)
        if not grants.allows:
            return Found()
        wanted = tuple((k, v) for k, v in context if k in grants.keys)
        own = actor.principal.id if _BOUNDARY in grants.keys and actor.principal else None
        key = grants.key, among, wanted, own
        if key not in self._reached:
            self._reached[key] = self._reach(actor, grants, among, wanted)
        return self._reached[key]

    def _reach(self, actor: Actor, grants: Grants, among: Bits, context: Context) -> Found:
        action = str(grants.key[0])
        sure, maybe = [], []
        for alike in self._classes(actor, grants, among & self._named(grants)):
            target = self.people.principals[next(members_of(alike))]
            match self._of_target(actor, action, target, (grants, context)):
                case "proven":
                    sure.append(alike)
                case "possible":
                    maybe.append(alike)
        found = Found()
        for bits in sure:
            found = found._replace(sure=found.sure | bits)
        for bits in maybe:
            found = found._replace(maybe=found.maybe | bits)
        return found

    def on(self, actor: Actor, action: str, target: Principal, context: Context = ()) -> Answer:
        """Ask for an action on one principal, with its witness; what is noise is *no*."""
        grants = self.statements.grants(actor, action)
        wanted = tuple((k, v) for k, v in context if k in grants.keys)
        wanted += _of_the_target(grants, target, wanted)
        if _is_noise(actor, grants, target, self.people):
            return NO
        answer = self.answer(actor, action, (target.arn,), wanted)
        return NO if means_another(answer, target, self.people) else answer

    def _of_target(
        self, actor: Actor, action: str, target: Principal, known: tuple[Grants, Context]
    ) -> Certainty:
        if target.arn.literal is None:
            return self.on(actor, action, target, known[1]).certainty
        context = known[1] + _of_the_target(known[0], target, known[1])
        return self._shortly(actor, action, (target.arn,), context)

    def _named(self, grants: Grants) -> Bits:
        """Return everybody whom the Allow statements of the own policies may name."""
        found = 0
        everybody = (1 << len(self.people.principals)) - 1
        for statement in grants.allows:
            if _is_open(statement) or statement.resources is None:
                return everybody
            for glob in statement.resources.globs:
                found |= self.people.named(glob)
        return found

    def _classes(self, actor: Actor, grants: Grants, among: Bits) -> Iterator[Bits]:
        """Split targets by the strings that match them; whom they only may match are alone."""
        people, globs = self.people, tuple(_bound(glob, actor) for glob in grants.globs)
        alone = 0
        if any(k == _BOUNDARY or _TAG in k for k in grants.keys):
            alone = among
        for glob in globs:
            alone |= people.named(glob) & among if _has_variable(glob) else 0
        known = among & people.spelled & ~alone
        classes = [known] if known else []
        sorts = people.reserved, people.of_kind("user"), people.of_kind("group")
        for named in (*sorts, *map(people.named, globs)):
            classes = [part for c in classes for part in (c & named, c & ~named) if part]
        yield from classes
        alike: dict[object, Bits] = {}
        for number in members_of(among & ~known):
            arn = people.principals[number].arn
            place = (number,) if alone >> number & 1 else _place(arn, grants.globs)
            key = place, _sort(arn)
            alike[key] = alike.get(key, 0) | 1 << number
        yield from alike.values()


def _tells_resources_apart(access: EffectiveAccess) -> bool:
    """Say whether some statement is not about all resources alike."""
    rows = (access.identity, access.boundary or (), *access.scps)
    elements = (s.resources for row in rows for p in row for s in p.document.statements)
    return any(e is not None and any(g.literal != "*" for g in e.globs) for e in elements)


def _place(arn: Pattern, globs: tuple[Pattern, ...]) -> tuple[object, ...]:
    """Return which strings match an ARN; the ARN, where one of them only may."""
    if not all(g.literal is not None and not _has_variable(g) for g in globs):
        return arn.pieces
    truths = tuple(resource_matches(g.pieces, arn.pieces) for g in globs)
    return arn.pieces if None in truths else truths


def _bound(glob: Pattern, caller: Actor) -> Pattern:
    """Put the caller's name in the place of the variable that stands for it."""
    text, own = glob.literal, caller.arn.literal
    if text is None or _OWN_NAME not in text or own is None or caller.kind != "user":
        return glob
    return Pattern((text.replace(_OWN_NAME, own.rpartition("/")[2]),))


def _has_variable(glob: Pattern) -> bool:
    return any(isinstance(p, str) and "${" in p for p in glob.pieces)


def _sort(arn: Pattern) -> object:
    """Return what of an ARN decides beside its name: service, account, and type."""
    text = arn.literal
    parts = segments(arn) if text is None else []
    if len(parts) == _COLONS + 1 and (path := spelled(parts[_COLONS])) is not None:
        at = max(path.rfind("/"), path.rfind(":"))
        return (*parts[:_COLONS], path[: at + 1])
    if text is None or text.count(":") < _COLONS:
        return arn.pieces
    _, _, service, _, account, name = text.split(":", _COLONS)
    return service, account, name.partition("/")[0].partition(":")[0]


def _opened(glob: Pattern) -> tuple[str | Symbol, ...]:
    return tuple(map(opened, glob.pieces))


def _is_open(statement: Statement) -> bool:
    """Say whether a statement is about more than the strings of its Resource element."""
    resources = statement.resources
    return resources is None or resources.negated or resources.tail is not None


def _of_the_target(grants: Grants, target: Principal, given: Context) -> Context:
    """Return what is known of a target, where a statement asks for that: its boundary, tags."""
    return _boundary_of(grants, target, given) + _tags_of(grants, target)


def _tags_of(grants: Grants, target: Principal) -> Context:
    known = {key.literal: value.literal for key, value in target.tags}
    found = []
    for key in sorted(k for k in grants.keys if _TAG in k):
        name = key.rpartition("/")[2]
        value = next((v for k, v in known.items() if k is not None and k.lower() == name), None)
        if value is not None:
            found.append((key, (Pattern((value,)),)))
    return tuple(found)


def _boundary_of(grants: Grants, target: Principal, given: Context) -> Context:
    if _BOUNDARY not in grants.keys or any(key == _BOUNDARY for key, _ in given):
        return ()
    boundary = target.boundary
    if boundary is None:
        return ((_BOUNDARY, None),)
    arn = boundary.policy.arn
    return () if arn is None else ((_BOUNDARY, (arn,)),)


def _is_noise(actor: Actor, grants: Grants, target: Principal, people: People) -> bool:
    """Say whether only what is written for others might name a target."""
    if target.arn.literal is not None:
        return False
    return is_of_others(actor, grants, target, people)


def spellings(access: EffectiveAccess, arns: tuple[Pattern, ...]) -> tuple[Pattern, ...]:
    """Spell ARNs of an unknown partition as the statements do.

    SOUND: over-approximates; a statement that spells a partition is taken to be written for it,
    otherwise it would grant nothing.
    """
    if not any(is_open(arn) for arn in arns):
        return arns
    policies = access.identity if access.trust is None else (access.trust,)
    rows = (s.resources for p in policies for s in p.document.statements if s.resources)
    stated = [glob for resources in rows for glob in resources.globs]
    named = {p: None for g in stated if (p := partition_of(g)) is not None and "*" not in p}
    kept = arns if not named or any(is_open(g) for g in stated) else ()
    added = (with_partition(arn, name) for name in named for arn in arns if is_open(arn))
    return tuple(dict.fromkeys((*kept, *added, *(a for a in arns if not is_open(a)))))
