"""Find the principals that a person means by a name: an ARN, an address, a logical id, an end.

A name is what stands in the source or in AWS. Its end will do, from a dot, slash or colon on,
where that leads to one address only.
"""

from collections.abc import Iterator
from typing import NamedTuple

from leastwise.iam.policy import Pattern
from leastwise.iam.project import Principal, Project
from leastwise.rules.arns import segments, spelled
from leastwise.semantics.pattern import Pieces, accepts, compile_glob, matches, tokenize, widen

_BOUNDARIES = "./:"
_MOST_NAMED = 5


class NoSuchName(NamedTuple):
    """Say why a name leads to no principal; ``near`` are names that would, nearest first."""

    message: str
    near: tuple[str, ...] = ()


def resolve_principals(project: Project, text: str) -> tuple[Principal, ...] | NoSuchName:
    """Return the principals of a name, one for each root that declares it.

    Exact addresses and ARNs count first, then ends of them. An account that is not known
    matches any number in an ARN.
    """
    exact = tuple(p for p in project.principals if text == p.address or spells(p.arn, text))
    if exact:
        return exact
    found = tuple(p for p in project.principals if _ends_with(p, text))
    addresses = tuple(dict.fromkeys(p.address for p in found))
    if len(addresses) > 1:
        return NoSuchName(f"{text!r} could be {_listed(addresses)}", addresses[:_MOST_NAMED])
    return found or _missing(project, text)


def matching_principals(project: Project, glob: str) -> tuple[Principal, ...]:
    """Return the principals whose address or ARN matches a glob of ``*`` and ``?``."""
    compiled = compile_glob(tokenize((glob,)) or ())
    return tuple(p for p in project.principals if any(accepts(compiled, (n,)) for n in _names(p)))


def spells(arn: Pattern, text: str) -> bool:
    """Tell whether an ARN is the one of the text; partition and account may be not known."""
    if arn.literal is not None:
        return arn.literal == text
    own, asked = segments(arn), text.split(":", 5)
    if len(own) != 6 or len(asked) != 6 or spelled(own[5]) != asked[5]:
        return False
    return all(_may_be(part, word) for part, word in zip(own[:5], asked[:5], strict=True))


def _may_be(part: Pieces, word: str) -> bool:
    row = tokenize(part, plain=True) or ()
    return matches(row, widen(row), (word,)) is not False


def _names(principal: Principal) -> Iterator[str]:
    yield principal.address
    yield str(principal.arn)


def _ends_with(principal: Principal, text: str) -> bool:
    return any(
        name.endswith(text) and name[: -len(text)][-1:] in tuple(_BOUNDARIES)
        for name in _names(principal)
        if text
    )


def _listed(names: tuple[str, ...]) -> str:
    shown = [repr(name) for name in names[:_MOST_NAMED]]
    more = len(names) - len(shown)
    return " or ".join(shown) + (f" or {more} more" if more else "")


def _missing(project: Project, text: str) -> NoSuchName:
    from difflib import get_close_matches

    if not project.principals:
        return NoSuchName(f"{text!r} is no principal in view: there are none")
    names: dict[str, str] = {}
    for principal in project.principals:
        for name in _names(principal):
            # people mistype the last word; the way to it would drown that
            end = max(name.rfind(mark) for mark in _BOUNDARIES) + 1
            names.setdefault(name, principal.address)
            names.setdefault(name[end:], principal.address)
    near = get_close_matches(text, names, n=_MOST_NAMED, cutoff=0.6)
    addresses = tuple(dict.fromkeys(names[name] for name in near))
    hint = f", did you mean {_listed(addresses)}?" if addresses else ""
    return NoSuchName(f"{text!r} is no principal in view{hint}", addresses)
