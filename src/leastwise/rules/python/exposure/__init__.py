"""Resource policies that reach outside, and organization policies: what closed words cannot say."""

from leastwise.rules.format import Decider
from leastwise.rules.python.exposure import (
    foreign_account,
    foreign_organization,
    ineffective_deny,
    lost_exemption,
    not_principal_allow,
    public_resource,
    region_deny,
    scp_lockout,
    service_principal,
)

RULES: tuple[tuple[str, Decider], ...] = (
    ("exposure/foreign-account", foreign_account.decide),
    ("exposure/foreign-organization", foreign_organization.decide),
    ("exposure/ineffective-deny", ineffective_deny.decide),
    ("exposure/lost-exemption", lost_exemption.decide),
    ("exposure/not-principal-allow", not_principal_allow.decide),
    ("exposure/public-resource", public_resource.decide),
    ("exposure/region-deny-without-global-services", region_deny.decide),
    ("exposure/scp-lockout", scp_lockout.decide),
    ("exposure/service-principal-without-source", service_principal.decide),
)
