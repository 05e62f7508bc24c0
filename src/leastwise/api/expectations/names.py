"""Find everything that an expectation names: principals, actions, resources, a reference.

A name that leads to nothing is a problem of its own: an expectation about nobody would hold.
"""

import posixpath
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from leastwise.api.carriers import Carrier, concerned
from leastwise.api.expectations.reading import Expectation, Written, problem
from leastwise.api.expectations.refusals import has_requests
from leastwise.api.naming import (
    Named,
    NoSuchName,
    find,
    matching_principals,
    principals_of,
    resolve_principals,
    unknown_action,
)
from leastwise.iam.arns import joined
from leastwise.iam.policy import Pattern
from leastwise.iam.project import Policy, Principal, Project, Resource
from leastwise.rules.subjects import members
from leastwise.semantics.actions import info
from leastwise.semantics.globs import has_wildcard
from leastwise.semantics.model import RequestPattern
from leastwise.source.diagnostic import Diagnostic
from leastwise.source.tree import Tree

_INSIDE = ("/*", ":*")
"""What may follow an address: all objects of a bucket, all versions of a function."""
_ACTION = "write service:Action as AWS spells it, or update leastwise if it is new"


class Scene(NamedTuple):
    """Hold what expectations are judged on; ``beside`` is the folder of their file in ``tree``.

    ``declared`` lists all resources whose ARN is known, those without a policy too.
    """

    project: Project
    carriers: tuple[Carrier, ...]
    tree: Tree
    beside: str
    declared: Callable[[], tuple[Resource, ...]]


class Bench(NamedTuple):
    """Hold an expectation with all its names found.

    ``principals`` are whom it is about. ``excepted`` are texts of ``except`` that may name
    callers that the tree does not declare.
    """

    expectation: Expectation
    scene: Scene
    principals: tuple[Principal, ...]
    pattern: RequestPattern
    carriers: tuple[Carrier, ...]
    reference: Policy | None
    excepted: tuple[str, ...]


def bench_of(expectation: Expectation, scene: Scene) -> tuple[Bench, tuple[Diagnostic, ...]]:
    """Find what an expectation names, and say what leads to nothing."""
    problems: list[Diagnostic] = []
    named = _principals(expectation, scene, problems)
    pattern = _pattern(expectation, scene, problems)
    reference = _reference(expectation, scene, problems)
    if expectation.kind == "nobody":
        groups = [p for p in named if p.kind == "group"]
        spared = {id(p) for p in named}
        spared |= {id(p) for group in groups for p in members(scene.project, group)}
        named = tuple(p for p in _everybody(scene.project) if id(p) not in spared)
    bench = Bench(
        expectation,
        scene,
        named,
        pattern,
        concerned(scene.carriers, pattern.actions),
        reference,
        tuple(w.text for w in expectation.principals),
    )
    return bench, tuple(problems)


def _everybody(project: Project) -> tuple[Principal, ...]:
    """List who makes requests: a group does so through its members, where they are in view."""
    return tuple(p for p in project.principals if p.kind != "group" or not members(project, p))


def _principals(
    expectation: Expectation, scene: Scene, problems: list[Diagnostic]
) -> tuple[Principal, ...]:
    found: dict[int, Principal] = {}
    for name in expectation.principals:
        if has_wildcard(name.text):
            everybody = {id(p) for p in _everybody(scene.project)}
            matched = matching_principals(scene.project, name.text)
            some = tuple(p for p in matched if id(p) in everybody)
            if not some and not _is_outsider(expectation, name.text, scene):
                problems.append(_nobody_named(name, f"no principal in view matches {name.text!r}"))
        else:
            resolved = resolve_principals(scene.project, name.text)
            some = () if isinstance(resolved, NoSuchName) else resolved
            if isinstance(resolved, NoSuchName) and not _is_outsider(expectation, name.text, scene):
                problems.append(_nobody_named(name, resolved.message))
        found |= {id(p): p for p in some}
    return tuple(found.values())


def _nobody_named(name: Written, message: str) -> Diagnostic:
    remedy = "name a role, user or group by its address, logical id or ARN"
    return problem(name.span, message, remedy)


def _is_outsider(expectation: Expectation, text: str, scene: Scene) -> bool:
    """Tell whether ``except`` names a caller that some policy in view lets in."""
    return expectation.kind == "nobody" and any(
        _names_entry(text, str(entry.pattern))
        for carrier in scene.carriers
        for statement in carrier.policy.document.statements
        if statement.principals is not None
        for entry in statement.principals.entries
    )


def _names_entry(text: str, entry: str) -> bool:
    """Tell whether a text names a Principal entry: as it is written, or by its account."""
    parts = entry.split(":", 5)
    return text == entry or (len(parts) == 6 and text == parts[4])


def _pattern(expectation: Expectation, scene: Scene, problems: list[Diagnostic]) -> RequestPattern:
    requests = expectation.requests
    unknown = ((action.span, unknown_action(action.text)) for action in requests.actions)
    problems += [problem(span, words, _ACTION) for span, words in unknown if words is not None]
    resources = {r: _resource(r, scene, problems) for r in requests.resources}
    context = tuple(
        (key, None if values is None else tuple(Pattern((v,) if v else ()) for v in values))
        for key, values in requests.context
    )
    actions = tuple(action.text for action in requests.actions) or ("*",)
    if not problems:
        problems += _unasked(requests.actions, resources)
    found = tuple(dict.fromkeys(p for patterns in resources.values() for p in patterns))
    anything = not found or any(p.literal == "*" for p in found)
    return RequestPattern(actions, None if anything else found, None, context)


def _unasked(
    actions: tuple[Written, ...], resources: dict[Written, tuple[Pattern, ...]]
) -> Iterator[Diagnostic]:
    """Say which action is asked of none of the resources, and which resource by none of them."""
    every = tuple(p for patterns in resources.values() for p in patterns)
    if not every or any(p.literal == "*" for p in every):
        return
    for action in actions:
        if not has_requests(RequestPattern((action.text,), every)):
            words = f"AWS does not ask {action.text!r} of {_spelled(resources)}"
            yield problem(action.span, words, _asked_of(action.text))
    names = tuple(action.text for action in actions) or ("*",)
    for resource, patterns in resources.items():
        if len(resources) > 1 and not has_requests(RequestPattern(names, patterns)):
            words = f"AWS asks none of these actions of {resource.text!r}"
            yield problem(resource.span, words, _asked_of(names[0]))


def _spelled(resources: Iterable[Written]) -> str:
    return " or ".join(repr(resource.text) for resource in resources)


def _asked_of(action: str) -> str:
    """Advise on the resources of an action, by the reference."""
    known = info(action)
    if known is None:
        return "write ARNs of resources that the actions take"
    if not known.arn_formats:
        return f"{known.name} takes no resource: write '*', or leave 'resources' out"
    formats = " or ".join(f.replace("?*", "*") for f in known.arn_formats)
    return f"{known.name} is asked of {formats}"


def _resource(name: Written, scene: Scene, problems: list[Diagnostic]) -> tuple[Pattern, ...]:
    """Return the ARNs of a resource: one that is written, or those of an address."""
    text = name.text
    if text == "*" or (text.startswith("arn:") and text.count(":") >= 5):
        return (Pattern((text,)),)
    inside = next((end for end in _INSIDE if text.endswith(end)), "")
    found = _found(text.removesuffix(inside), scene)
    if isinstance(found, NoSuchName):
        remedy = "write an ARN, '*', or the address of a resource"
        problems.append(problem(name.span, found.message, remedy))
        return ()
    arns = tuple(dict.fromkeys(thing.arn for thing in found if thing.arn is not None))
    if not arns:
        problems.append(problem(name.span, f"the ARN of {text!r} is not known", "write its ARN"))
    return tuple(joined((*arn.pieces, inside)) for arn in arns)


def _found(text: str, scene: Scene) -> tuple[Named, ...] | NoSuchName:
    """Look among what carries policies, then among all resources, which takes longer."""
    things = [*principals_of(scene.project), *map(_named, scene.project.resources)]
    found = find(things, text, "resource")
    known = not isinstance(found, NoSuchName) and any(t.arn is not None for t in found)
    return found if known else find([*things, *map(_named, scene.declared())], text, "resource")


def _named(resource: Resource) -> Named:
    return Named(resource.address, resource.arn, resource.span)


def _reference(expectation: Expectation, scene: Scene, problems: list[Diagnostic]) -> Policy | None:
    name = expectation.reference
    if name is None:
        return None
    path = posixpath.join(scene.beside, name.text)
    data = scene.tree.read(path)
    if isinstance(data, Diagnostic):
        problems.append(problem(name.span, data.message, "name a policy beside this file"))
        return None
    from leastwise.iam.parse import parse_policy

    document = parse_policy(data, "identity", path)
    for found in document.diagnostics[:1]:
        words = f"{name.text!r} can't be used as a reference: {found}"
        problems.append(problem(name.span, words, "correct the policy"))
    return Policy(path, "policy", "identity", document, "concrete", document.span)
