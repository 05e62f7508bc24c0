"""Say on what a request is made: the resources that a text names, and what of them has a policy."""

from collections.abc import Callable, Iterator
from typing import NamedTuple, TypeAlias

from leastwise.api.carriers import Carrier, carriers_of, concerned
from leastwise.api.naming import Named, NoSuchName, find, principals_of
from leastwise.iam.arns import joined
from leastwise.iam.policy import Pattern
from leastwise.iam.project import Project, Resource
from leastwise.reporters.roll import ANY_RESOURCE
from leastwise.semantics.actions import info
from leastwise.semantics.pattern import accepts, arn_tokens, compile_glob, tokenize
from leastwise.semantics.valuation import Valuation

_NOUN = "principal, policy or resource"
_BELOW = ("/*", ":*")


class Target(NamedTuple):
    """Hold what is asked about; ``patterns`` None: any resource.

    ``carriers`` are the things of the tree whose policies may concern it; ``bare`` are trust
    policies in files of their own: whose they are is not known. ``is_one``: the person
    named one resource. ``notes`` tell how the name was read.
    """

    words: str
    patterns: tuple[Pattern, ...] | None
    carriers: tuple[Carrier, ...]
    is_one: bool
    bare: tuple[Carrier, ...] = ()
    notes: tuple[str, ...] = ()


More: TypeAlias = Callable[[], tuple[Resource, ...]]
"""Gives the resources without a policy too, for names that nothing else has."""


def target_of(project: Project, text: str, action: str, more: More = tuple) -> Target | NoSuchName:
    """Return what a text names as the resource of an action."""
    carriers = concerned(carriers_of(project), (action,))
    bare = concerned(_bare(project), (action,))
    if text and not text.strip("*"):
        near = _named_by(carriers, None)
        return _for_action(Target(ANY_RESOURCE, None, near, is_one=False, bare=bare), action)
    if text.startswith("arn:"):
        asked = Pattern((text,))
        is_one = "*" not in text and "?" not in text
        near = _named_by((*carriers, *bare), asked)
        return _for_action(Target(text, (asked,), near, is_one), action)
    found = find(_things(project), text, _NOUN)
    if isinstance(found, NoSuchName):
        named = tuple(Named(r.address, r.arn, r.span) for r in more())
        found = find((*_things(project), *named), text, _NOUN)
    return found if isinstance(found, NoSuchName) else _of_things(found, carriers, action)


def _things(project: Project) -> tuple[Named, ...]:
    found = [*principals_of(project)]
    known = (r for r in project.resources if r.policy is not None or r.arn is not None)
    found += [Named(r.address, r.arn, r.span, document=r.policy) for r in known]
    for policy in project.policies:
        if policy.arn is not None and not policy.aws_managed:
            found.append(Named(policy.address, policy.arn, policy.span))
    return tuple(found)


def _bare(project: Project) -> tuple[Carrier, ...]:
    return tuple(
        Carrier(policy.address, None, policy)
        for policy in project.policies
        if policy.consumption == "raw" and policy.kind == "trust"
    )


def _named_by(carriers: tuple[Carrier, ...], asked: Pattern | None) -> tuple[Carrier, ...]:
    """Leave out what has no ARN and whose policy names other resources, or none."""
    return tuple(c for c in carriers if c.arn is not None or _names_it(c, asked))


def _of_things(found: tuple[Named, ...], carriers: tuple[Carrier, ...], action: str) -> Target:
    address = found[0].address
    arns = tuple(dict.fromkeys(thing.arn for thing in found if thing.arn is not None))
    if not arns:
        documents = {id(thing.document) for thing in found}
        own = tuple(c for c in carriers if id(c.policy) in documents)
        note = f"the ARN of {address} is not known: any that its policy names will do"
        return Target(address, None, own, is_one=True, notes=(note,))
    patterns = tuple(dict.fromkeys(p for arn in arns for p in _with_below(arn, action)))
    near = (c for asked in patterns for c in _named_by(carriers, asked))
    spelled = " or ".join(map(str, patterns if info(action) else arns))
    words = address if spelled == address else f"{address} ({spelled})"
    return _for_action(Target(words, patterns, tuple(dict.fromkeys(near)), is_one=True), action)


def _with_below(arn: Pattern, action: str) -> Iterator[Pattern]:
    """Yield the ARN if the action can name it, else what lies below it."""
    known = info(action)
    if known is None:
        yield arn
        yield from (joined((*arn.pieces, end)) for end in _BELOW)
    elif _fits(arn, known.arn_formats):
        yield arn
    else:
        below = (joined((*arn.pieces, end)) for end in _BELOW)
        yield from [p for p in below if _fits(p, known.arn_formats)] or [arn]


def _for_action(target: Target, action: str) -> Target:
    """Read the target for an action that names other resources, or none."""
    known = info(action)
    if known is None:
        return target
    if not known.supports_resource:
        note = f"{known.name} names no resource: asked as made on *"
        notes = () if target.patterns is None else (note,)
        return target._replace(words="*", patterns=None, notes=notes, carriers=())
    if target.patterns is None:
        return target
    if target.is_one and not any(_fits(p, known.arn_formats) for p in target.patterns):
        formats = " or ".join(f.replace("?*", "*") for f in known.arn_formats)
        return target._replace(
            notes=(f"AWS makes no such request: {known.name} is made on {formats}",)
        )
    return target


def _fits(arn: Pattern, formats: tuple[str, ...]) -> bool:
    spelling = Valuation().spell(arn.pieces)
    globs = (arn_tokens(tokenize((f,)) or (), crossing=False) for f in formats)
    return any(accepts(compile_glob(glob), (spelling,)) for glob in globs)


def _names_it(carrier: Carrier, asked: Pattern | None) -> bool:
    """Say whether the statements of a document that hangs on an unknown ARN name a resource."""
    globs = [
        glob
        for statement in carrier.policy.document.statements
        for glob in (statement.resources.globs if statement.resources is not None else ())
        if str(glob).strip("*")
    ]
    if asked is None:
        return bool(globs)
    return any(accepts(compile_glob(tokenize(g.pieces) or ()), asked.pieces) for g in globs)
