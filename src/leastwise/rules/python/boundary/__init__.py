"""Permissions boundaries and how delegation with them breaks: what closed words cannot say."""

from leastwise.rules.format import Decider

RULES: tuple[tuple[str, Decider], ...] = ()
