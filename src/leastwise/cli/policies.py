"""The policies command: every policy document as it stands after evaluation."""

import sys
from argparse import Namespace

from leastwise.api.check import Setup, Sources
from leastwise.cli.output import terminal_width, use_color
from leastwise.iam.project import Policy, Project
from leastwise.reporters.policies import Shown, as_json, render
from leastwise.reporters.story import Places
from leastwise.reporters.style import Sheet, painter


def spelled(arguments: Namespace, setup: Setup, project: Project) -> str:
    """Spell the documents of the named paths as the arguments ask."""
    holders = _holders(project)
    named = setup.workspace.named | project.pointed
    shown = [
        Shown(policy, tuple(holders.get(id(policy), ())))
        for policy in project.policies
        if not policy.aws_managed and _is_named(policy, named)
    ]
    places = Places(Sources(setup.workspace.tree, project).get, setup.workspace.prefix)
    if arguments.format == "json":
        return as_json(shown, places)
    paint = painter(color=use_color(sys.stdout, refused=arguments.no_color))
    return render(shown, places, Sheet(paint, terminal_width()), show_all=arguments.show_all)


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
    return policy.span is None or policy.span.path in named
