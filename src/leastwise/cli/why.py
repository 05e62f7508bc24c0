"""The why command: how one principal becomes another, or what stops it."""

import sys
from argparse import Namespace

from leastwise.api.check import Setup, Sources
from leastwise.api.questions.why import why
from leastwise.api.workspace import WrongUse
from leastwise.cli.output import terminal_width, use_color
from leastwise.cli.stdout import write_out
from leastwise.iam.project import Project

EXIT_CODES = {"reachable": 0, "not-reachable": 1, "depends": 2}


def answer(arguments: Namespace, setup: Setup, project: Project) -> int | WrongUse:
    """Print the ways, or what stops the nearest ones, and return the exit code."""
    found = why(project, setup.config, arguments.principal, arguments.target)
    if isinstance(found, WrongUse):
        return found
    from leastwise.api.questions.why_told import why_told
    from leastwise.reporters import why_json, why_text
    from leastwise.reporters.story import Places
    from leastwise.reporters.style import Sheet, painter

    told = why_told(found)
    places = Places(Sources(setup.workspace.tree, project).get, setup.workspace.prefix)
    if arguments.format == "json":
        write_out(why_json.render(told, places))
    else:
        color = use_color(sys.stdout, refused=arguments.no_color)
        write_out(why_text.render(told, places, Sheet(painter(color=color), terminal_width())))
    return EXIT_CODES[found.outcome]
