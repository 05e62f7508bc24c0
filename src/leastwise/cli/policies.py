"""The policies command: every policy document as it stands after evaluation."""

import json
import sys
from argparse import Namespace
from collections.abc import Iterable

from leastwise.api.check import Setup, Sources, named_units
from leastwise.cli.output import terminal_width, use_color
from leastwise.iam.project import Policy, Project
from leastwise.iam.resolution import plain
from leastwise.reporters.policies import Shown, as_json, render
from leastwise.reporters.story import Places
from leastwise.reporters.style import Sheet, painter


def spelled(arguments: Namespace, setup: Setup, project: Project) -> str:
    """Spell the documents of the named paths as the arguments ask."""
    holders = _holders(project)
    named = setup.workspace.named | project.pointed
    units = named_units(project, named)
    shown = _once(
        Shown(policy, tuple(holders.get(id(policy), ())), _environments(project, policy))
        for policy in project.policies
        if not policy.aws_managed
        and (_is_named(policy, named) or _root_of(project, policy) in units)
    )
    places = Places(Sources(setup.workspace.tree, project).get, setup.workspace.prefix)
    if arguments.format == "json":
        return as_json(shown, places)
    paint = painter(color=use_color(sys.stdout, refused=arguments.no_color))
    sheet = Sheet(paint, terminal_width())
    unseen = sum(one.number for one in dict.fromkeys(project.not_in_view))
    return render(shown, places, sheet, show_all=arguments.show_all, unseen=unseen)


def _root_of(project: Project, policy: Policy) -> tuple[str, str] | None:
    root = project.owner(policy)
    return None if root is None else (root.path, root.environment)


def _environments(project: Project, policy: Policy) -> tuple[str, ...]:
    root = project.owner(policy)
    return () if root is None or not root.environment else (root.environment,)


def _once(shown: Iterable[Shown]) -> list[Shown]:
    """Show a document once for all environments in which it reads the same."""
    found: dict[object, Shown] = {}
    for number, one in enumerate(shown):
        policy = one.policy
        told = None if policy.value is None else json.dumps(plain(policy.value))
        same = (policy.address, policy.attribute, policy.span, policy.resolution, one.holders, told)
        key = same if one.environments else number
        former = found.get(key, one._replace(environments=()))
        names = dict.fromkeys((*former.environments, *one.environments))
        found[key] = former._replace(environments=tuple(names))
    return list(found.values())


def _holders(project: Project) -> dict[int, dict[str, None]]:
    """Return the addresses of those that hold each policy, by the identity of the policy."""
    found: dict[int, dict[str, None]] = {}
    for principal in project.principals:
        held = [attachment.policy for attachment in principal.attachments]
        if principal.boundary is not None:
            held.append(principal.boundary.policy)
        for policy in held:
            found.setdefault(id(policy), {})[principal.address] = None
    return found


def _is_named(policy: Policy, named: frozenset[str]) -> bool:
    """Say whether a document stands in a named file, or statements of it do (a template)."""
    spans = (policy.span, *(statement.span for statement in policy.document.statements))
    return policy.span is None or any(s is not None and s.path in named for s in spans)
