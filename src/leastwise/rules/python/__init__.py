"""The rules that closed words cannot say, one module each, and the one list that names them."""

from leastwise.rules.format import Decider
from leastwise.rules.python import (
    cross_account,
    not_resource_allow,
    passrole_lambda,
    resource_on_write,
    service_admin,
)

PYTHON_RULES: tuple[tuple[str, Decider], ...] = (
    ("escalation/passrole-lambda-create-invoke", passrole_lambda.decide),
    ("trust/cross-account-no-externalid", cross_account.decide),
    ("wildcard/not-resource-allow", not_resource_allow.decide),
    ("wildcard/resource-on-write", resource_on_write.decide),
    ("wildcard/service-admin", service_admin.decide),
)
