"""Ask as a person does: this request, with this context, and what would change the answer.

The exact question comes first. Keys that the person did not give are then not in the request,
but for those that AWS always sends: what follows from the caller or the resource is taken from
there, a call is made over TLS and not through another service, and the rest may be anything, so
that *yes* must hold whatever it is. Where the exact question is not answered *yes*, the free one
is put, in which every key that was not given favours the caller: what it finds is an answer that
depends.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal, NamedTuple, TypeAlias

from leastwise.iam.policy import Pattern, PolicyDocument, Statement
from leastwise.semantics.access import BOUNDARY_NOT_IN_VIEW, allows, allows_all
from leastwise.semantics.actions import data_date, info
from leastwise.semantics.conditions import key_of
from leastwise.semantics.decide import decide, variables_live
from leastwise.semantics.holder import Holder
from leastwise.semantics.model import (
    Answer,
    EffectiveAccess,
    Request,
    RequestPattern,
)
from leastwise.semantics.nearest import concerns
from leastwise.semantics.paths import policies_of
from leastwise.semantics.pattern import Variable, split_variables
from leastwise.semantics.space import Asked, Mentions, Space, presence

Outcome: TypeAlias = Literal["allowed", "depends", "not-allowed"]
Context: TypeAlias = Mapping[str, tuple[str, ...]]

_USUAL: dict[str, str] = {
    "aws:principalisawsservice": "false",
    "aws:securetransport": "true",
    "aws:viaawsservice": "false",
}
"""What a call of a person or program has, unless it is said otherwise."""
SEVERAL_VALUES = "it is not certain how a condition takes a key with several values"
_OF_SIGNED_CALLS = ("aws:principal", "aws:userid", "aws:username", "aws:tokenissuetime")
"""Beginnings of keys that tell who signed a request; services and strangers sign none."""


class Ruling(NamedTuple):
    """Hold an outcome with the answer behind it.

    ``pattern`` is the question as answered. ``deciding_keys`` are condition keys nobody gave,
    with values under which it is allowed.
    """

    outcome: Outcome
    answer: Answer
    pattern: RequestPattern
    deciding_keys: tuple[tuple[str, tuple[str, ...]], ...] = ()


def ask(
    access: EffectiveAccess, pattern: RequestPattern, given: Context, *, unsigned: bool = False
) -> Ruling:
    """Answer whether some request of a pattern (its context empty) is allowed.

    ``given`` are the keys that the person named, lower case; values may be globs. ``unsigned``:
    the caller has no identity in IAM, so no key tells about it.
    """
    keys = _Keys(access, pattern, given, unsigned)
    exact = pattern._replace(context=keys.exact())
    answer = allows(access, exact)
    if answer.certainty == "proven" and answer.witness is not None:
        if keys.varying():
            return _whatever(access, exact, (answer, answer.witness), keys)
        return _with_all_values(access, Ruling("allowed", answer, exact), given)
    if answer.certainty == "possible" or BOUNDARY_NOT_IN_VIEW in answer.reasons:
        return Ruling("depends", answer, exact)
    free = pattern._replace(context=keys.free())
    answer = allows(access, free)
    if answer.certainty == "no":
        return Ruling("not-allowed", answer, exact)
    return Ruling("depends", answer, free, _deciding_keys(access, exact, answer, keys))


def _with_all_values(access: EffectiveAccess, ruling: Ruling, given: Context) -> Ruling:
    """Hold a yes against a request that carries all values of the keys with several.

    The search takes them as alternatives, so that it may have found a request with fewer.
    """
    several = {key: values for key, values in given.items() if len(values) > 1}
    witness = ruling.answer.witness
    if not several or witness is None:
        return ruling
    context = tuple(sorted({**dict(witness.context), **several}.items()))
    request = witness._replace(context=context)
    if decide(request, access).outcome == "allowed":
        return ruling._replace(answer=ruling.answer._replace(witness=request))
    if decide(request, access, "for").outcome != "allowed":
        return Ruling("not-allowed", Answer("no"), ruling.pattern)
    reasons = (*ruling.answer.reasons, SEVERAL_VALUES)
    return ruling._replace(
        outcome="depends", answer=ruling.answer._replace(certainty="possible", reasons=reasons)
    )


class _Keys(NamedTuple):
    """Sort the condition keys that matter to a question."""

    access: EffectiveAccess
    pattern: RequestPattern
    given: Context
    unsigned: bool

    def exact(self) -> tuple[tuple[str, tuple[Pattern, ...] | None], ...]:
        """Return the context of the exact question."""
        found: dict[str, tuple[str, ...] | None] = {}
        for key in self.mentioned():
            found[key] = self._unsaid(key)
        found = {k: v for k, v in found.items() if v != ()}
        return _context({**found, **self.given})

    def free(self) -> tuple[tuple[str, tuple[Pattern, ...] | None], ...]:
        """Return the context of the question in which what is not given is free."""
        mentioned = self.mentioned()
        said = ((key, self._said(key)) for key in mentioned)
        found: dict[str, tuple[str, ...] | None] = {k: (v,) for k, v in said if v is not None}
        if self.unsigned:
            found |= {key: None for key in mentioned if _is_of_signed_calls(key)}
        return _context({**found, **self.given})

    def varying(self) -> tuple[str, ...]:
        """Return the keys that a request has, with a value that nobody said in full."""
        return tuple(key for key in self.mentioned() if self._varies(key))

    def _varies(self, key: str) -> bool:
        if key in self.given:
            return any("*" in value or "?" in value for value in self.given[key])
        return key not in self.of_caller() and self._unsaid(key) == ()

    def mentioned(self) -> tuple[str, ...]:
        """Return the keys that some statement about the actions asks for."""
        return keys_of(
            (policy.document, statement)
            for policy in policies_of(self.access)
            for statement in policy.document.statements
            if any(concerns(statement, action) for action in self.pattern.actions)
        )

    def of_caller(self) -> Mapping[str, object]:
        """Return the keys that follow from who asks."""
        return self._holder().keys()

    def _holder(self) -> Holder:
        return Holder(self.access.caller_kind, self.access.caller_arn)

    def _unsaid(self, key: str) -> tuple[str, ...] | None:
        """Return what a key that was not given is: a usual value, absent, or (): anything."""
        if self.unsigned and _is_of_signed_calls(key):
            return None
        if key in self.of_caller():
            return ()
        said = self._said(key)
        if said is not None:
            return (said,)
        return () if self._is_always_sent(key) else None

    def _said(self, key: str) -> str | None:
        """Return what a key is although nobody named it: as usual, or as the resource says."""
        return _region(self.pattern) if key == "aws:requestedregion" else _USUAL.get(key)

    def _is_always_sent(self, key: str) -> bool:
        trust = self.access.trust is not None
        bare = self.pattern._replace(context=())
        space = Space(bare, self._holder(), trust, Mentions(), data_date())
        asked = self.pattern.principal
        name = asked.name.pieces if asked is not None else ()
        action = self.pattern.actions[0]
        kind = asked.type if asked is not None else "AWS"
        return presence(space, key, Asked(action, info(action), kind, name)) == "always"


def _is_of_signed_calls(key: str) -> bool:
    return key.startswith(_OF_SIGNED_CALLS) and key not in _USUAL


def _region(pattern: RequestPattern) -> str | None:
    """Return the region that the resource spells: the call goes there."""
    if pattern.resources is None or len(pattern.resources) != 1:
        return None
    parts = (pattern.resources[0].literal or "").split(":", 5)
    region = parts[3] if len(parts) == 6 else ""
    return region if region and "*" not in region and "?" not in region else None


def _context(
    keys: Mapping[str, tuple[str, ...] | None],
) -> tuple[tuple[str, tuple[Pattern, ...] | None], ...]:
    return tuple(
        (key, None if values is None else tuple(Pattern((v,)) for v in values))
        for key, values in sorted(keys.items())
    )


def keys_of(statements: Iterable[tuple[PolicyDocument, Statement]]) -> tuple[str, ...]:
    """List the condition keys that statements ask for, in conditions and policy variables."""
    found: set[str] = set()
    for document, statement in statements:
        found |= {key for c in statement.conditions if (key := key_of(c))}
        if variables_live(document):
            found |= set(_variables(statement))
    return tuple(sorted(found))


def _variables(statement: Statement) -> Iterator[str]:
    patterns = [*(statement.resources.globs if statement.resources is not None else ())]
    patterns += [value for c in statement.conditions for value in c.values]
    for pattern in patterns:
        for piece in pattern.pieces:
            if isinstance(piece, str) and "${" in piece:
                parts = split_variables(piece)
                yield from (p.key for p in parts if isinstance(p, Variable) and len(p.key) > 1)


def _whatever(
    access: EffectiveAccess, exact: RequestPattern, yes: tuple[Answer, Request], keys: _Keys
) -> Ruling:
    """Answer *allowed* where the request found is so whatever the keys hold that AWS sends."""
    answer, witness = yes
    unsaid = (key for key in keys.varying() if key not in keys.given)
    bare = allows(access, _with(exact, dict.fromkeys(unsaid)))
    for found in (answer, bare):
        if found.certainty == "proven" and found.witness is not None:
            pinned = narrowed_to(exact, found.witness)
            if allows_all(access, pinned).certainty == "proven":
                return Ruling("allowed", found, exact)
    pinned = narrowed_to(exact, witness)
    told = {key: v for key, v in witness.context if key in keys.varying()}
    for key in sorted(told):
        fewer = {k: v for k, v in told.items() if k != key}
        if allows_all(access, _with(pinned, fewer)).certainty == "proven":
            told = fewer
    return Ruling("depends", answer, exact, tuple(sorted(told.items())))


def narrowed_to(pattern: RequestPattern, witness: Request) -> RequestPattern:
    """Return the question about the action and the resource of one request only.

    A resource with unknown parts stays as it is: the witness spells one of its values.
    """
    resources = pattern.resources
    if resources is None or all(r.literal is not None for r in resources):
        resources = None if witness.resource == "*" else (Pattern((witness.resource,)),)
    return pattern._replace(actions=(witness.action,), resources=resources)


def _with(pattern: RequestPattern, keys: Mapping[str, tuple[str, ...] | None]) -> RequestPattern:
    merged = {**dict(pattern.context), **dict(_context(keys))}
    return pattern._replace(context=tuple(sorted(merged.items())))


def _deciding_keys(
    access: EffectiveAccess, exact: RequestPattern, answer: Answer, keys: _Keys
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the fewest keys of the witness that would turn the exact question into a yes."""
    if answer.witness is None:
        return ()
    own = keys.of_caller()
    given = {k for k, _ in keys.free()}
    told = {k: v for k, v in answer.witness.context if k not in own and k not in given}
    for key in sorted(told):
        fewer = {k: v for k, v in told.items() if k != key}
        if allows(access, _with(exact, fewer)).certainty == answer.certainty:
            told = fewer
    return tuple(sorted(told.items()))
