"""Tell globs that no action matches by their length: a policy may hold a megabyte of one."""

from leastwise.source.value import Symbol

MAX_ACTION = 4096
"""The longest known name of an action has 63 characters after its service."""


def is_too_long(piece: str | Symbol) -> bool:
    """Say whether a piece of a glob has more characters but stars than any name of an action.

    One with a policy variable, which may come to less than it is written with, has not.
    """
    if isinstance(piece, Symbol) or len(piece) <= MAX_ACTION or "$" in piece:
        return False
    return len(piece) - piece.count("*") > MAX_ACTION
