"""What the program says of itself."""

from leastwise import __version__
from leastwise.semantics.actions import action_index


def data_date() -> str:
    """Return the date of the pinned action data, YYYY-MM-DD."""
    return action_index().data_date


def version_line() -> str:
    """Return the version, the number of rules and the dates of rules and data in one line."""
    from leastwise.rules.catalogue import catalogue_date, rule_count

    rules = f"{rule_count()} rules of {catalogue_date()}"
    return f"leastwise {__version__} ({rules}, action data of {data_date()})"
