"""What the program says of itself."""

from leastwise import __version__
from leastwise.semantics.actions import action_index


def data_date() -> str:
    """Return the date of the pinned action data, YYYY-MM-DD."""
    return action_index().data_date


def version_line() -> str:
    """Return the version, the number of rules and the date of the data in one line."""
    from leastwise.rules.catalogue import rule_count

    return f"leastwise {__version__} ({rule_count()} rules, action data of {data_date()})"
