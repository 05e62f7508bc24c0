"""Who may assume a role: what closed words cannot say."""

from leastwise.rules.format import Decider
from leastwise.rules.python.trust import cross_account

RULES: tuple[tuple[str, Decider], ...] = (
    ("trust/cross-account-no-externalid", cross_account.decide),
)
