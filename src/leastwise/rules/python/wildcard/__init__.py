"""Wildcards and least privilege: what closed words cannot say."""

from leastwise.rules.format import Decider
from leastwise.rules.python.wildcard import not_resource_allow, resource_on_write, service_admin

RULES: tuple[tuple[str, Decider], ...] = (
    ("wildcard/not-resource-allow", not_resource_allow.decide),
    ("wildcard/resource-on-write", resource_on_write.decide),
    ("wildcard/service-admin", service_admin.decide),
)
