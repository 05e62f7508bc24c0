"""Find what a person means by a name: an ARN, an address, a logical id, or an end of one.

A name is what stands in the source or in AWS. Its end will do, from a dot, slash or colon on,
where that leads to one address only. The name of an action is one of AWS's reference.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from leastwise.iam.arns import segments, spelled
from leastwise.iam.policy import Pattern
from leastwise.iam.project import Policy, Principal, Project
from leastwise.semantics.actions import action_index
from leastwise.semantics.globs import has_wildcard, is_like
from leastwise.semantics.pattern import Pieces, tokenize, widen
from leastwise.semantics.readings import matches
from leastwise.source.span import Span

_BOUNDARIES = "./:"
_MOST_NAMED = 5


class NoSuchName(NamedTuple):
    """Say why a name leads to nothing; ``near`` are names that would, nearest first."""

    message: str
    near: tuple[str, ...] = ()


class Named(NamedTuple):
    """Hold something of the tree that has a name; ``arn`` is None where the tree has none.

    ``document`` is the policy that it carries: a resource's own, a role's trust policy.
    """

    address: str
    arn: Pattern | None
    span: Span | None
    principal: Principal | None = None
    document: Policy | None = None


def principals_of(project: Project) -> tuple[Named, ...]:
    """List the principals of a project by their names."""
    return tuple(
        Named(p.address, p.arn, p.span, principal=p, document=p.trust) for p in project.principals
    )


def find(things: Sequence[Named], text: str, noun: str) -> tuple[Named, ...] | NoSuchName:
    """Return the things of a name, one for each root that declares it.

    Exact addresses and ARNs count first, then ends of them. An account that is not known
    matches any number in an ARN. ``noun`` is what messages call such a thing.
    """
    exact = tuple(
        t for t in things if text == t.address or (t.arn is not None and spells(t.arn, text))
    )
    if exact:
        return exact
    found = tuple(t for t in things if _ends_with(t, text))
    addresses = tuple(dict.fromkeys(t.address for t in found))
    if len(addresses) > 1:
        return NoSuchName(f"{text!r} could be {_listed(addresses)}", addresses[:_MOST_NAMED])
    return found or _missing(things, text, noun)


def resolve_principals(project: Project, text: str) -> tuple[Principal, ...] | NoSuchName:
    """Return the principals of a name, one for each root that declares it."""
    found = find(principals_of(project), text, "principal")
    if isinstance(found, NoSuchName):
        return found
    return tuple(t.principal for t in found if t.principal is not None)


def matching_principals(project: Project, glob: str) -> tuple[Principal, ...]:
    """Return the principals whose address or ARN matches a glob of ``*`` and ``?``."""
    return tuple(
        p
        for p in project.principals
        if any(is_like(name, glob) for name in (p.address, str(p.arn)))
    )


def spells(arn: Pattern, text: str) -> bool:
    """Tell whether an ARN is the one of the text; partition and account may be not known."""
    if arn.literal is not None:
        return arn.literal == text
    if str(arn) == text:
        return True
    own, asked = segments(arn), text.split(":", 5)
    if len(own) != 6 or len(asked) != 6 or spelled(own[5]) != asked[5]:
        return False
    return all(_may_be(part, word) for part, word in zip(own[:5], asked[:5], strict=True))


def _may_be(part: Pieces, word: str) -> bool:
    row = tokenize(part, plain=True) or ()
    return matches(row, widen(row), (word,)) is not False


def _names(thing: Named) -> Iterator[str]:
    yield thing.address
    if thing.arn is not None:
        yield str(thing.arn)


def _ends_with(thing: Named, text: str) -> bool:
    return any(
        name.endswith(text) and name[: -len(text)][-1:] in tuple(_BOUNDARIES)
        for name in _names(thing)
        if text
    )


def _listed(names: tuple[str, ...], word: str = " or ") -> str:
    shown = [repr(name) for name in names[:_MOST_NAMED]]
    more = len(names) - len(shown)
    return word.join([*shown, f"{more} more"] if more else shown)


def _missing(things: Sequence[Named], text: str, noun: str) -> NoSuchName:
    from difflib import get_close_matches

    if not things:
        return NoSuchName(f"{text!r} is no {noun} in view: there are none")
    names: dict[str, str] = {}
    for thing in things:
        for name in _names(thing):
            # people mistype the last word; the way to it would drown that
            end = max(name.rfind(mark) for mark in _BOUNDARIES) + 1
            names.setdefault(name, thing.address)
            names.setdefault(name[end:], thing.address)
    near = get_close_matches(text, names, n=_MOST_NAMED, cutoff=0.6)
    addresses = tuple(dict.fromkeys(names[name] for name in near))
    if addresses:
        hint = f", did you mean {_listed(addresses)}?"
    else:
        hint = f"; in view: {_listed(tuple(dict.fromkeys(t.address for t in things)), ', ')}"
    return NoSuchName(f"{text!r} is no {noun} in view{hint}", addresses)


def bad_action(action: str) -> str | None:
    """Say why a text is no action, or None."""
    service, colon, name = action.partition(":")
    if not action or (action.strip("*") and not (colon and service and name)):
        return f"{action!r} is no action: write it as service:Action"
    return None


def unknown_action(action: str) -> str | None:
    """Say that an action is not in the reference, with names that are like it, or None."""
    index = action_index()
    if has_wildcard(action):
        return None if index.bits(action) else f"no action that is known matches {action!r}"
    if index.spelled(action) is not None:
        return None
    from difflib import get_close_matches

    service = action.partition(":")[0].lower()
    names = index.names(index.bits(f"{service}:*"))
    near = get_close_matches(action, names, 3, 0.6)
    if not names:
        near = get_close_matches(service, index.services, 3, 0.6)
    hint = f"; did you mean {' or '.join(near)}?" if near else ""
    return f"{action!r} is not among the actions of AWS's reference ({index.data_date}){hint}"
