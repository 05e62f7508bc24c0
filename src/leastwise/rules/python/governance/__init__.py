"""What a team requires or forbids: what closed words cannot say."""

from leastwise.rules.format import Decider
from leastwise.rules.python.governance import forbidden_action, user

RULES: tuple[tuple[str, Decider], ...] = (
    ("governance/forbidden-action", forbidden_action.decide),
    ("governance/user", user.decide),
)
