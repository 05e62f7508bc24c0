"""Long-lived credentials in code: what closed words cannot say."""

from leastwise.rules.format import Decider

RULES: tuple[tuple[str, Decider], ...] = ()
