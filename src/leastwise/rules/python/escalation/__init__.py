"""Ways from one principal to a stronger one: what closed words cannot say."""

from leastwise.rules.format import Decider
from leastwise.rules.python.escalation import passrole_lambda

RULES: tuple[tuple[str, Decider], ...] = (
    ("escalation/passrole-lambda-create-invoke", passrole_lambda.decide),
)
