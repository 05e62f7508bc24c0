"""Ways from one principal to a stronger one: what closed words cannot say."""

from leastwise.rules.format import Decider
from leastwise.rules.python.escalation import (
    assume_role,
    passrole_lambda,
    passrole_new_resource,
    update_trust,
)

RULES: tuple[tuple[str, Decider], ...] = (
    ("escalation/iam-update-assume-role-policy", update_trust.decide),
    ("escalation/passrole-lambda-create-invoke", passrole_lambda.decide),
    ("escalation/passrole-new-resource", passrole_new_resource.decide),
    ("escalation/sts-assume-role", assume_role.decide),
)
