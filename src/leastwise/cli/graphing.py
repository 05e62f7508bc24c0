"""The graph command: who can become whom, as text, as data, and as a picture."""

import sys
from argparse import Namespace
from typing import TYPE_CHECKING

from leastwise import __version__
from leastwise.api.check import Setup, Sources
from leastwise.api.questions.graph import graph
from leastwise.api.workspace import WrongUse
from leastwise.cli.arguments import PICTURES
from leastwise.cli.output import destinations, terminal_width, use_color, write_files
from leastwise.cli.stdout import write_out
from leastwise.iam.project import Project

if TYPE_CHECKING:
    from leastwise.reporters.graph.picture import Picture
    from leastwise.reporters.story import Places


def answer(arguments: Namespace, setup: Setup, project: Project) -> int | WrongUse:
    """Show the chains, and return 0 also when there are some."""
    asked = destinations(arguments, PICTURES)
    if isinstance(asked, WrongUse):
        return asked
    picture = graph(project, setup.config, arguments.source or "", arguments.goal or "")
    if isinstance(picture, WrongUse):
        return picture
    from leastwise.reporters.story import Places

    places = Places(Sources(setup.workspace.tree, project).get, setup.workspace.prefix)

    def body(form: str, *, color: bool = False) -> str:
        return _rendered(picture, places, form, arguments.show_all, color=color)

    stdout, files = asked
    problem = write_files(files, body)
    if stdout is not None:
        write_out(body(stdout, color=use_color(sys.stdout, refused=arguments.no_color)))
    return 0 if problem is None else problem


def _rendered(
    picture: "Picture", places: "Places", form: str, show_all: bool, *, color: bool
) -> str:
    """Return one form of the picture; only its own reporter is imported."""
    match form:
        case "mermaid":
            from leastwise.reporters.graph import mermaid

            return mermaid.render(picture)
        case "dot":
            from leastwise.reporters.graph import dot

            return dot.render(picture)
        case "json":
            from leastwise.cli.about import data_date
            from leastwise.reporters.graph import json_graph

            return json_graph.render(picture, places, __version__, data_date())
        case "html":
            from leastwise.reporters.graph import page

            return page.render(picture, places, __version__)
        case _:
            from leastwise.reporters.graph import text
            from leastwise.reporters.style import Sheet, painter

            sheet = Sheet(painter(color=color), terminal_width())
            return text.render(picture, places, sheet, show_all=show_all)
