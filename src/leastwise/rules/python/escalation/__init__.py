"""Ways from one principal to a stronger one: what closed words cannot say."""

from leastwise.rules.format import Decider

RULES: tuple[tuple[str, Decider], ...] = ()
