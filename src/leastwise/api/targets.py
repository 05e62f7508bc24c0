"""Say on what a request is made: the resources that a text names, and whose policies concern them.

A policy of a resource concerns what lies below it too: a bucket's the objects, a function's its
versions.
"""

from collections.abc import Iterator
from typing import NamedTuple

from leastwise.api.naming import Named, NoSuchName, find, principals_of
from leastwise.iam.policy import Pattern
from leastwise.iam.project import Project
from leastwise.rules.arns import joined, segments, spelled
from leastwise.semantics.actions import action_index, info
from leastwise.semantics.pattern import accepts, arn_tokens, compile_glob, tokenize
from leastwise.semantics.valuation import Valuation

TRUST_ACTIONS = (
    "sts:AssumeRole",
    "sts:AssumeRoleWithSAML",
    "sts:AssumeRoleWithWebIdentity",
    "sts:SetSourceIdentity",
    "sts:TagSession",
)
"""What the trust policy of a role decides; all else on a role is not its business."""
_BELOW = ("/*", ":*")


class Target(NamedTuple):
    """Hold what is asked about; ``patterns`` None: any resource.

    ``carriers`` are the things of the tree whose policies may concern it. ``is_one``: the
    person named one resource, so that a carrier's policy certainly concerns it. ``notes`` tell
    how the name was read.
    """

    words: str
    patterns: tuple[Pattern, ...] | None
    carriers: tuple[Named, ...]
    is_one: bool
    notes: tuple[str, ...] = ()


def targets_of(project: Project) -> tuple[Named, ...]:
    """List what requests can name: principals, resources with a policy, managed policies."""
    found = [*principals_of(project)]
    found += [Named(r.address, r.arn, r.span, document=r.policy) for r in project.resources]
    for policy in project.policies:
        if policy.arn is not None and not policy.aws_managed:
            found.append(Named(policy.address, policy.arn, policy.span))
        elif policy.consumption == "raw" and policy.kind in ("resource", "trust"):
            found.append(Named(policy.address, None, policy.span, document=policy))
    return tuple(found)


def target_of(project: Project, text: str, action: str) -> Target | NoSuchName:
    """Return what a text names as the resource of an action."""
    things = targets_of(project)
    carriers = tuple(t for t in things if t.document is not None and _decides(t, action))
    if not text.strip("*"):
        return Target("any resource", None, carriers, is_one=False)
    if text.startswith("arn:"):
        asked = Pattern((text,))
        is_one = "*" not in text and "?" not in text
        near = tuple(c for c in carriers if concerns(c, asked))
        return _for_action(Target(text, (asked,), near, is_one), action)
    found = find(things, text, "principal, policy or resource with a policy")
    if isinstance(found, NoSuchName):
        return found
    return _of_things(found, carriers, action)


def _of_things(found: tuple[Named, ...], carriers: tuple[Named, ...], action: str) -> Target:
    own = tuple(thing for thing in found if thing in carriers)
    arns = tuple(dict.fromkeys(thing.arn for thing in found if thing.arn is not None))
    words = found[0].address
    if not arns:
        note = f"the ARN of {words} is not known: any that its policy names will do"
        return Target(words, None, own, is_one=True, notes=(note,))
    near = tuple(c for c in carriers if any(concerns(c, arn) for arn in arns))
    patterns = tuple(dict.fromkeys(p for arn in arns for p in _with_below(arn, action)))
    target = Target(words, patterns, near or own, is_one=True)
    return _for_action(target, action)


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
    if known is None or target.patterns is None:
        return target
    if not known.supports_resource:
        note = f"{known.name} names no resource: asked as made on *"
        return target._replace(patterns=None, notes=(note,), carriers=())
    if target.is_one and not any(_fits(p, known.arn_formats) for p in target.patterns):
        formats = " or ".join(f.replace("?*", "*") for f in known.arn_formats)
        return target._replace(notes=(f"{known.name} is made on {formats}",))
    return target


def _fits(arn: Pattern, formats: tuple[str, ...]) -> bool:
    spelling = Valuation().spell(arn.pieces)
    globs = (arn_tokens(tokenize((f,)) or (), crossing=False) for f in formats)
    return any(accepts(compile_glob(glob), (spelling,)) for glob in globs)


def _decides(thing: Named, action: str) -> bool:
    """Say whether a thing's document is asked for an action: trust policies for few."""
    if thing.document is None or thing.document.kind != "trust":
        return thing.document is not None
    index = action_index()
    trust = 0
    for name in TRUST_ACTIONS:
        trust |= index.bits(name)
    return bool(trust & index.bits(action))


def concerns(carrier: Named, asked: Pattern) -> bool:
    """Say whether a carrier's policy may concern a resource, or one that a glob matches."""
    if carrier.arn is None:
        return _names_it(carrier, asked)
    own, wanted = str(carrier.arn), str(asked)
    if wanted == own or wanted.startswith((f"{own}/", f"{own}:")):
        return True
    spelling = Valuation().spell(carrier.arn.pieces)
    if accepts(compile_glob(tokenize(asked.pieces) or ()), (spelling,)):
        return True
    return any(_may_be(carrier.arn, end, asked) for end in ("", *_BELOW))


def _may_be(arn: Pattern, end: str, asked: Pattern) -> bool:
    """Say whether an ARN whose account or region is not known may be the one that is asked for."""
    own, wanted = segments(joined((*arn.pieces, end))), segments(asked)
    name = spelled(own[5]) if len(own) == 6 else None
    if name is None or len(wanted) != 6:
        return False
    pairs = zip(own[:5], wanted[:5], strict=True)
    known = ((spelled(left), spelled(right)) for left, right in pairs)
    if any(None not in pair and pair[0] != pair[1] for pair in known):
        return False
    return accepts(compile_glob(tokenize((name,)) or ()), wanted[5])


def _names_it(carrier: Named, asked: Pattern) -> bool:
    """Say whether the statements of a document that hangs on an unknown ARN name a resource."""
    if carrier.document is None or carrier.document.kind == "trust":
        return False
    globs = [
        glob
        for statement in carrier.document.document.statements
        for glob in (statement.resources.globs if statement.resources is not None else ())
    ]
    return any(
        str(glob).strip("*") and accepts(compile_glob(tokenize(glob.pieces) or ()), asked.pieces)
        for glob in globs
    )
