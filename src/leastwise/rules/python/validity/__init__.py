"""What AWS refuses, ignores or advises against in a policy: what closed words cannot say."""

from leastwise.rules.format import Decider

RULES: tuple[tuple[str, Decider], ...] = ()
