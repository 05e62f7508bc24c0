"""The can command: one question about a tree, answered and explained."""

import sys
from argparse import Namespace
from functools import partial

from leastwise.api.check import Setup, Sources
from leastwise.api.load import resources_of
from leastwise.api.questions.can import Question, can
from leastwise.api.workspace import WrongUse
from leastwise.cli.output import terminal_width, use_color
from leastwise.cli.stdout import write_out
from leastwise.iam.project import Project

EXIT_CODES = {"allowed": 0, "not-allowed": 1, "depends": 2}


def question_of(arguments: Namespace) -> Question | WrongUse:
    """Read the question from the arguments."""
    if arguments.resource is None:
        return WrongUse("write: leastwise can PRINCIPAL ACTION RESOURCE [PATH...]")
    context: dict[str, tuple[str, ...]] = {}
    for pair in arguments.context:
        key, equals, value = pair.partition("=")
        if not key or not equals:
            return WrongUse(f"--context {pair!r}: write KEY=VALUE")
        context[key.lower()] = (*context.get(key.lower(), ()), value)
    given = tuple(sorted(context.items()))
    return Question(arguments.principal, arguments.action, arguments.resource, given)


def answer(arguments: Namespace, setup: Setup, project: Project) -> int | WrongUse:
    """Print the answer to the question and return the exit code."""
    question = question_of(arguments)
    if isinstance(question, WrongUse):
        return question
    verdict = can(
        project, question, partial(resources_of, project.roots, setup.workspace.tree, setup.config)
    )
    if isinstance(verdict, WrongUse):
        return verdict
    from leastwise.api.questions.story import story_of
    from leastwise.reporters import story as stories
    from leastwise.reporters.style import Sheet, painter

    story = story_of(verdict)
    places = stories.Places(Sources(setup.workspace.tree, project).get, setup.workspace.prefix)
    if arguments.format == "json":
        write_out(stories.as_json(story, places))
    else:
        color = use_color(sys.stdout, refused=arguments.no_color)
        write_out(stories.render(story, places, Sheet(painter(color=color), terminal_width())))
    return EXIT_CODES[verdict.outcome]
