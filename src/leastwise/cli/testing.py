"""The test command: access expectations, and what became of each."""

import sys
from argparse import Namespace

from leastwise import __version__
from leastwise.api.check import Setup
from leastwise.api.expectations.run import Outcome
from leastwise.cli.about import data_date
from leastwise.cli.output import terminal_width, use_color
from leastwise.reporters.model import Presentation


def render(outcome: Outcome, setup: Setup, arguments: Namespace) -> str:
    """Render the outcome; only the reporter of the format is imported."""
    presentation = Presentation(
        report=outcome.report,
        files=outcome.files,
        rules={},
        version=__version__,
        data_date=data_date(),
        exit_code=outcome.exit_code,
        prefix=setup.workspace.prefix,
        show_all=arguments.show_all,
        paths=tuple(arguments.paths),
    )
    match arguments.format:
        case "json":
            from leastwise.reporters import expectations_json

            return expectations_json.render(presentation, outcome.rows)
        case "junit":
            from leastwise.reporters import junit

            return junit.render(presentation, outcome.rows)
        case _:
            from leastwise.reporters import expectations_text

            color = use_color(sys.stdout, refused=arguments.no_color)
            width = terminal_width()
            return expectations_text.render(presentation, outcome.rows, color=color, width=width)
