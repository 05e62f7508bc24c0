"""Make up the claims of attackers: of another tenant, of nobody, of whatever nobody names.

The words of ``data/oidc_issuers.json`` become values. Where a tenant is not the question, its name
is taken from the conditions, so that what is asked for lies within it.
"""

from collections.abc import Iterator
from itertools import islice, takewhile

from leastwise.entry.issuers import Templates
from leastwise.entry.tokens import Accepted, Claims, values_of
from leastwise.iam.arns import Pieces, joined
from leastwise.iam.policy import Pattern
from leastwise.semantics.callers import UNNAMED
from leastwise.source.value import Symbol

_OF_STS = frozenset({"aud", "sub", "amr"})
_MOST = 64
"""Alternatives for one claim that are asked for; SOUND: further ones are taken to be alike."""


def of_a_stranger(one: Accepted, *, with_person: bool = True) -> Claims:
    """Return the claims of another tenant, wildcards in a tenant's name count as letting it in.

    Without ``with_person`` the right person starts it.
    """
    issuer = one.issuer
    kept = {c: v for c, v in issuer.stranger.items() if with_person or c not in issuer.person}
    found = [(claim, _strangers(one, claim, values)) for claim, values in kept.items()]
    return (*found, *_not_sent(one, (*kept, *issuer.person)))


def of_nobody(one: Accepted) -> Claims:
    """Return claims that no condition names: who is let in with them was not asked for who it is.

    The audience is left to the caller, unless it is what tells tenants apart.
    """
    issuer = one.issuer
    if issuer.is_shared:
        kept = {c: v for c, v in issuer.stranger.items() if c not in issuer.person}
        named = [(c, _nobody(c) if v else None) for c, v in kept.items()]
        return (*named, *_not_sent(one, (*kept, *issuer.person)))
    claims = dict.fromkeys(("sub", *(c for c in one.tested if c not in ("aud", "amr"))))
    return tuple((claim, _nobody(claim)) for claim in claims)


def of_any(one: Accepted, templates: Templates) -> Claims:
    """Return claims of something that no condition names, within what conditions name."""
    found = [
        (claim, tuple(_filled(one, claim, values)) or None) for claim, values in templates.items()
    ]
    return (*found, *_not_sent(one, tuple(templates)))


def _nobody(claim: str) -> tuple[Pattern, ...]:
    return (Pattern((f"{claim.rpartition('/')[2]}-{UNNAMED}",)),)


def _not_sent(one: Accepted, given: tuple[str, ...]) -> Claims:
    """Leave out claims that AWS makes no condition keys of, for issuers whose claims are known."""
    if not one.issuer.is_shared:
        return ()
    known = _OF_STS | set(one.issuer.claims) | set(given)
    return tuple((claim, None) for claim in one.tested if claim not in known)


def _filled(one: Accepted, claim: str, templates: tuple[str, ...]) -> Iterator[Pattern]:
    """Fill templates: a word with a name that nobody names, a star with what a value has there.

    The last star of a template is what may follow.
    """
    for template in templates:
        tail = "*" if template.endswith("*") else ""
        parts = _named(template.removesuffix("*")).split("*")
        rows: list[Pieces] = [(), *(value.pieces for value in values_of(one, claim))]
        filled = (within for row in rows if (within := _within(parts, row)) is not None)
        yield from islice(dict.fromkeys(joined((*within, tail)) for within in filled), _MOST)


def _named(template: str) -> str:
    text = template
    while "<" in text:
        head, _, rest = text.partition("<")
        word, _, tail = rest.partition(">")
        text = f"{head}{word}-{UNNAMED}{tail}"
    return text


def _within(parts: list[str], value: Pieces) -> Pieces | None:
    """Put the parts of a template together with what a value has between them.

    None where a value goes on in another way, past a colon.
    """
    found: list[str | Symbol] = [parts[0]]
    rest = _without(value, parts[0])
    for part in parts[1:]:
        between, rest = _split(rest, part[:1])
        if not rest and any(isinstance(p, str) and ":" in p for p in between):
            return None
        known = tuple(p if isinstance(p, Symbol) else _plain(p) for p in between)
        found += [*(known if any(known) else ("example",)), part]
        rest = _without(rest, part)
    return tuple(found)


def _plain(text: str) -> str:
    return text.replace("*", "").replace("?", "x")


def _without(value: Pieces, head: str) -> Pieces:
    """Return what follows a start, nothing where the value starts in another way."""
    if not head:
        return value
    if not value or not isinstance(value[0], str) or not value[0].startswith(head):
        return ()
    rest = value[0].removeprefix(head)
    return (*((rest,) if rest else ()), *value[1:])


def _split(value: Pieces, until: str) -> tuple[Pieces, Pieces]:
    """Split pieces before a character; all of them where it does not come."""
    for number, piece in enumerate(value):
        if isinstance(piece, str) and until and until in piece:
            at = piece.index(until)
            return (*value[:number], piece[:at]), (piece[at:], *value[number + 1 :])
    return value, ()


def _strangers(one: Accepted, claim: str, templates: tuple[str, ...]) -> tuple[Pattern, ...] | None:
    found: list[Pattern] = []
    values = [*values_of(one, claim)]
    for template in templates:
        head, mark, tail = template.partition("<stranger>")
        found.append(Pattern((f"{head}a-stranger{tail}" if mark else head,)))
        if mark:
            names = dict.fromkeys(_let_in(value.pieces, head) for value in values)
            let_in = (joined((head, *name, tail)) for name in names if name is not None)
            found += islice(let_in, _MOST)
    return tuple(dict.fromkeys(found)) or None


def _let_in(value: Pieces, head: str) -> Pieces | None:
    """Return the name of a tenant that a wildcard lets in before a tenant's name ends."""
    name: list[str | Symbol] = []
    for piece in _without(value, head):
        if isinstance(piece, Symbol):
            name.append(piece)
            continue
        text = "".join(takewhile(_is_of_names, piece))
        lead = text.replace("?", "*").partition("*")[0]
        if lead != text:
            tail = text[len(lead) :].replace("*", "a-stranger").replace("?", "x")
            joint = "-" if (name or lead) and text[len(lead)] == "*" else ""
            return (*name, f"{lead}{joint}{tail}")
        if text != piece:
            return None
        name.append(text)
    return None


def _is_of_names(char: str) -> bool:
    """Say whether names of tenants may have a character, or a wildcard stand for some."""
    return char.isalnum() or char in "-_.*?"
