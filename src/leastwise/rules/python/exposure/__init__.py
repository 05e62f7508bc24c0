"""Resource policies that reach outside, and organization policies: what closed words cannot say."""

from leastwise.rules.format import Decider

RULES: tuple[tuple[str, Decider], ...] = ()
