"""Wildcards and least privilege: what closed words cannot say."""

from leastwise.rules.format import Decider
from leastwise.rules.python.wildcard import (
    not_resource_allow,
    passrole_any,
    reads,
    resource_on_write,
    service_admin,
    service_linked_role,
    wider_than_declared,
)

RULES: tuple[tuple[str, Decider], ...] = (
    ("wildcard/create-service-linked-role-any", service_linked_role.decide),
    ("wildcard/credential-read", reads.decide_credentials),
    ("wildcard/data-read", reads.decide_data),
    ("wildcard/not-resource-allow", not_resource_allow.decide),
    ("wildcard/passrole-any", passrole_any.decide),
    ("wildcard/resource-on-write", resource_on_write.decide),
    ("wildcard/resource-wider-than-declared", wider_than_declared.decide),
    ("wildcard/service-admin", service_admin.decide),
)
