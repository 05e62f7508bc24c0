"""Resource policies that reach outside, and organization policies: what closed words cannot say."""

from leastwise.rules.format import Decider
from leastwise.rules.python.exposure import (
    foreign_account,
    foreign_organization,
    not_principal_allow,
    public_resource,
    service_principal,
)

RULES: tuple[tuple[str, Decider], ...] = (
    ("exposure/foreign-account", foreign_account.decide),
    ("exposure/foreign-organization", foreign_organization.decide),
    ("exposure/not-principal-allow", not_principal_allow.decide),
    ("exposure/public-resource", public_resource.decide),
    ("exposure/service-principal-without-source", service_principal.decide),
)
