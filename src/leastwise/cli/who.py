"""The who command: everyone who may make a request, with the lines that let them."""

import sys
from argparse import Namespace
from functools import partial

from leastwise.api.check import Setup, Sources
from leastwise.api.load import resources_of
from leastwise.api.questions.story import story_of
from leastwise.api.questions.who import who
from leastwise.api.workspace import WrongUse
from leastwise.cli.can import question_of
from leastwise.cli.output import terminal_width, use_color
from leastwise.cli.stdout import write_out
from leastwise.iam.project import Project


def answer(arguments: Namespace, setup: Setup, project: Project) -> int | WrongUse:
    """Print who can, and return 0 also when nobody can."""
    arguments.principal = ""
    question = question_of(arguments)
    if isinstance(question, WrongUse):
        return question
    listing = who(
        project, question, partial(resources_of, project.roots, setup.workspace.tree, setup.config)
    )
    if isinstance(listing, WrongUse):
        return listing
    from leastwise.reporters import roll
    from leastwise.reporters.story import Places
    from leastwise.reporters.style import Sheet, painter

    shown = roll.Roll(
        action=question.action,
        resource=listing.target.words,
        stories=tuple(story_of(verdict, with_endings=False) for verdict in listing.verdicts),
        asked=listing.asked,
        notes=listing.target.notes,
    )
    places = Places(Sources(setup.workspace.tree, project).get, setup.workspace.prefix)
    if arguments.format == "json":
        write_out(roll.as_json(shown, places))
    else:
        sheet = Sheet(
            painter(color=use_color(sys.stdout, refused=arguments.no_color)), terminal_width()
        )
        write_out(roll.render(shown, places, sheet, show_all=arguments.show_all))
    return 0
