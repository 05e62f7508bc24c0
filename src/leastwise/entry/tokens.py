"""Read trust policies by the issuers whose tokens they accept, and ask which they take.

Condition keys name an issuer by its address and a claim: ``ISSUER:sub``. Where the address is not
known (``${module.eks.oidc_provider}:sub``), the key is read as one of the provider that the
statement names, by the same symbol or by its claim.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from leastwise.entry.issuers import Issuer, issuer_of, names_issuer
from leastwise.iam.arns import Pieces
from leastwise.iam.policy import (
    Condition,
    Pattern,
    Patterns,
    PolicyDocument,
    PrincipalEntry,
    Statement,
)
from leastwise.iam.project import Policy
from leastwise.semantics.access import allows
from leastwise.semantics.globs import wildcard_takes
from leastwise.semantics.model import (
    Answer,
    CallerPattern,
    Context,
    EffectiveAccess,
    RequestPattern,
)
from leastwise.semantics.pattern import accepts, compile_glob, tokenize, widen
from leastwise.semantics.valuation import ACCOUNT, Valuation
from leastwise.source.span import Span, lies_in
from leastwise.source.value import Symbol

ACTION = "sts:AssumeRoleWithWebIdentity"
_PROVIDER = "oidc-provider/"
_NOTHING = Patterns(())
_MOST = 32
"""Providers of one document that are asked for."""
_NO = Answer("no")

Claims: TypeAlias = Context
"""Values of claims that requests have, by claim; None: they do not carry it."""


class Accepted(NamedTuple):
    """Hold one statement that accepts tokens, for one of its providers.

    ``entry`` is the number of the provider among the principals. ``provider`` is the issuer's
    address as the keys of ``document`` spell it, and ``label`` as people know it. ``caller`` is
    the principal of whoever brings its tokens. ``document`` has that statement alone, with every
    Deny, in their places. ``tested`` are the claims that the statement has conditions on.
    ``is_guess``: there may be further conditions.
    """

    statement: int
    entry: int
    provider: str
    label: str
    caller: str
    issuer: Issuer
    document: PolicyDocument
    tested: tuple[str, ...]
    is_guess: bool = False


class _Key(NamedTuple):
    """Hold a condition key that names a claim: the issuer's address, and the claim."""

    issuer: Pieces
    claim: str


class _Provider(NamedTuple):
    """Hold a provider as named: its address as far as it is known, None where nothing of it is."""

    number: int
    entry: PrincipalEntry
    address: Pieces | None


def accepted(document: PolicyDocument) -> tuple[Accepted, ...]:
    """List the tokens that a trust policy may accept, by statement and provider."""
    return _all_accepted(document) if any(map(_may_accept, document.statements)) else ()


def _may_accept(statement: Statement) -> bool:
    """Tell quickly whether a statement names a provider: most trust policies name none."""
    principals = statement.principals
    return principals is not None and any(
        entry.type == "Federated" or entry.pattern.literal == "*" for entry in principals.entries
    )


@lru_cache(maxsize=2048)
def _all_accepted(document: PolicyDocument) -> tuple[Accepted, ...]:
    found: list[Accepted] = []
    for index, statement in enumerate(document.statements):
        if statement.effect != "Allow" or statement.principals is None:
            continue
        for named in _providers(statement):
            if len(found) < _MOST:
                found.append(_accepted(document, index, named))
    return tuple(found)


def ask(one: Accepted, claims: Claims) -> Answer:
    """Answer whether tokens with such claims are accepted.

    What is only possible because of values that are not known is ``no``: otherwise every
    reference would be a finding.
    """
    context = tuple((f"{one.provider}:{claim}".lower(), values) for claim, values in claims)
    return _ask(one.document, one.caller, context)


@lru_cache(maxsize=8192)
def _ask(document: PolicyDocument, caller: str, context: Claims) -> Answer:
    access = EffectiveAccess(trust=Policy("", "", "trust", document, "concrete", None))
    who = CallerPattern("Federated", Pattern((caller,)))
    answer = allows(access, RequestPattern((ACTION,), principal=who, context=context))
    if answer.certainty == "possible" and not _rests_on_worlds(answer):
        return _NO
    return _NO if answer.witness is None else answer


def _rests_on_worlds(answer: Answer) -> bool:
    return bool(answer.assumptions) and not any(r.startswith("holds when") for r in answer.reasons)


def values_of(one: Accepted, claim: str) -> Iterator[Pattern]:
    """List what the conditions of a statement compare a claim with."""
    for condition in one.document.statements[one.statement].conditions:
        key = _key_of(condition)
        if key is not None and key.claim.lower() == claim and _spells(key.issuer, one.provider):
            yield from condition.values


# --- reading a statement ------------------------------------------------------------------------


def _providers(statement: Statement) -> Iterator[_Provider]:
    principals = statement.principals
    if principals is None or principals.negated:
        return
    for number, entry in enumerate(principals.entries):
        text = entry.pattern.literal
        if entry.type != "Federated" and not (text == "*" and entry.type in ("*", "AWS")):
            continue
        if text is not None and not text.startswith("arn:") and text != "*":
            yield _Provider(number, entry, entry.pattern.pieces)
        elif text == "*" and not any(_names_issuer(c) for c in statement.conditions):
            continue  # anybody: that is another question
        elif not any(isinstance(p, str) and ":saml-provider/" in p for p in entry.pattern.pieces):
            yield _Provider(number, entry, _after(entry.pattern.pieces, _PROVIDER))


def _names_issuer(condition: Condition) -> bool:
    key = _key_of(condition)
    return key is not None and _literal(key.issuer) != ""


def _after(pieces: Pieces, mark: str) -> Pieces | None:
    for number, piece in enumerate(pieces):
        if isinstance(piece, str) and mark in piece:
            rest = piece.partition(mark)[2]
            return (*((rest,) if rest else ()), *pieces[number + 1 :])
    return None


def claim_of(condition: Condition) -> str | None:
    """Return the claim that a condition tests, None where its key is not that of a token."""
    key = _key_of(condition)
    return None if key is None else key.claim


def _key_of(condition: Condition) -> _Key | None:
    """Read a condition key as that of a claim; the claim is what follows the last colon."""
    pieces = condition.key.pieces
    if not pieces or not isinstance(pieces[-1], str) or ":" not in pieces[-1]:
        return None
    head, _, claim = pieces[-1].rpartition(":")
    issuer: Pieces = (*pieces[:-1], *((head,) if head else ()))
    if not issuer or (
        isinstance(issuer[0], str) and len(issuer) == 1 and not names_issuer(issuer[0])
    ):
        return None
    return _Key(issuer, claim)


def _accepted(document: PolicyDocument, index: int, named: _Provider) -> Accepted:
    statement = document.statements[index]
    keys = [key for c in statement.conditions if (key := _key_of(c)) is not None]
    provider, label, is_known = _address(named, keys)
    conditions = tuple(_spelled(c, provider) for c in statement.conditions)
    own = [k for c in conditions if (k := _key_of(c)) and _spells(k.issuer, provider)]
    tested = tuple(dict.fromkeys(key.claim.lower() for key in own))
    caller = _caller(named.entry.pattern.literal, provider)
    # SOUND: over-approximates who is let in; a block with a key that is partly unknown may hold
    # more than is known of it. What is found then is only possible.
    is_guess = statement.conditions_tail is not None and any(not _literal(k.issuer) for k in keys)
    if is_guess:
        statement = replace(statement, conditions_tail=None)
    return Accepted(
        index,
        named.number,
        provider,
        label,
        caller,
        issuer_of(provider if is_known else "", _subjects(conditions, provider)),
        _alone(document, index, _entered(statement, named.entry, caller, conditions), provider),
        tested,
        is_guess,
    )


def _caller(written: str | None, provider: str) -> str:
    """Return the principal as written, or an ARN for one that is not known."""
    if written is not None and written != "*":
        return written
    return f"arn:aws:iam::{ACCOUNT}:{_PROVIDER}{provider}"


def _address(named: _Provider, keys: list[_Key]) -> tuple[str, str, bool]:
    """Return the address of a provider, its label, and whether its host is known.

    What the principal does not spell a key may. Of an address that is not known, a sample: only
    equality with the keys counts.
    """
    written = _literal(named.address or ())
    if written:
        return written, written, True
    for key in keys:
        spelled = _literal(key.issuer)
        if spelled and _may_be(named.address, spelled):
            return spelled, spelled, True
    symbolic = named.address or next((key.issuer for key in keys), named.entry.pattern.pieces)
    known = isinstance(symbolic[0], str) and names_issuer(symbolic[0])
    sample = Valuation().spell(symbolic).rpartition(_PROVIDER)[2].replace(":", "-")
    label = str(named.entry.pattern if named.address is None else Pattern(named.address))
    return (sample if "." in sample else f"{sample}.example"), label, known


def _literal(pieces: Pieces) -> str:
    return "".join(str(p) for p in pieces) if all(isinstance(p, str) for p in pieces) else ""


def _may_be(pieces: Pieces | None, text: str) -> bool:
    """Say whether pieces may spell a text, whatever their symbols are."""
    if pieces is None:
        return True
    wide = widen(tokenize(pieces, plain=True) or ())
    return accepts(compile_glob(wide), (text,))


def _spells(pieces: Pieces, text: str) -> bool:
    return _literal(pieces).lower() == text.lower()


def _spelled(condition: Condition, provider: str) -> Condition:
    """Spell a key that is partly unknown as one of the provider.

    SOUND: under-approximates who is let in; a claim that may be the provider's is taken to be.
    """
    key = _key_of(condition)
    if key is None or _literal(key.issuer):
        return condition
    if not any(p for p in key.issuer if isinstance(p, Symbol)):
        return condition
    if not _may_be(key.issuer, provider) and not _is_sample(key.issuer, provider):
        return condition
    return replace(condition, key=Pattern((f"{provider}:{key.claim}",)))


def _is_sample(pieces: Pieces, provider: str) -> bool:
    sample = Valuation().spell(pieces)
    return provider in (sample, f"{sample}.example")


def place(one: Accepted, answer: Answer, policy: Policy) -> Span | None:
    """Return the wildcard of a condition that lets the witness in, else the provider's name."""
    statement = policy.document.statements[one.statement]
    claims = claims_in(answer)
    for condition in statement.conditions:
        key = _key_of(condition)
        given = None if key is None else claims.get(key.claim.lower())
        for value in condition.values if given is not None else ():
            if wildcard_takes(value.pieces, given or "") and value.origin is not None:
                return value.span
    principals = statement.principals
    if principals is None:
        return statement.span
    span = principals.entries[one.entry].pattern.span
    return span if lies_in(span, statement.span) else principals.span


def _subjects(conditions: tuple[Condition, ...], provider: str) -> Iterator[str]:
    """List the subjects that a statement expects, a symbol in them as a star."""
    for condition in conditions:
        key = _key_of(condition)
        if key is not None and key.claim.lower() == "sub" and _spells(key.issuer, provider):
            for value in condition.values:
                yield "".join(p if isinstance(p, str) else "*" for p in value.pieces)


def _entered(
    statement: Statement, entry: PrincipalEntry, caller: str, conditions: tuple[Condition, ...]
) -> Statement:
    principals = statement.principals
    if principals is not None and entry.type == "Federated":
        only = entry._replace(pattern=Pattern((caller,)))
        principals = replace(principals, entries=(only,), tail=None)
    return replace(statement, principals=principals, conditions=conditions)


def _alone(
    document: PolicyDocument, index: int, statement: Statement, provider: str
) -> PolicyDocument:
    rows = []
    for number, row in enumerate(document.statements):
        if number == index:
            rows.append(statement)
        elif row.effect == "Deny":
            spelled = tuple(_spelled(c, provider) for c in row.conditions)
            rows.append(replace(row, conditions=spelled))
        else:
            rows.append(replace(row, actions=_NOTHING))
    return replace(document, statements=tuple(rows), opaque=None)


def claims_in(answer: Answer) -> Mapping[str, str]:
    """Return the claims of an answer's witness, by claim."""
    if answer.witness is None:
        return {}
    return {k.rpartition(":")[2]: v[0] for k, v in answer.witness.context if v}
