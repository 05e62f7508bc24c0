"""Permissions boundaries and how delegation with them breaks: what closed words cannot say."""

from leastwise.rules.format import Decider
from leastwise.rules.python.boundary import (
    absent,
    missing_on_create,
    missing_on_write,
    not_transitive,
    policy_editable,
    removable,
    replaceable,
    resource_policy_bypass,
    self_in_scope,
)

RULES: tuple[tuple[str, Decider], ...] = (
    ("boundary/absent", absent.decide),
    ("boundary/missing-on-create", missing_on_create.decide),
    ("boundary/missing-on-write", missing_on_write.decide),
    ("boundary/not-transitive", not_transitive.decide),
    ("boundary/policy-editable", policy_editable.decide),
    ("boundary/removable", removable.decide),
    ("boundary/replaceable", replaceable.decide),
    ("boundary/resource-policy-bypass", resource_policy_bypass.decide),
    ("boundary/self-in-scope", self_in_scope.decide),
)
