"""Decide single requests over several layers: one row for each rule of how they combine.

Pages are those of the IAM User Guide, https://docs.aws.amazon.com/IAM/latest/UserGuide/, unless
a whole address is given.
"""

import pytest

LOGIC = "reference_policies_evaluation-logic_policy-eval-denyallow.html"
CROSS = "reference_policies_evaluation-logic-cross-account.html"
PRINCIPAL = "reference_policies_elements_principal.html"
NOT_PRINCIPAL = "reference_policies_elements_notprincipal.html"
BOUNDARIES = "access_policies_boundaries.html"
ORGANIZATIONS = "https://docs.aws.amazon.com/organizations/latest/userguide/"
SCPS = f"{ORGANIZATIONS}orgs_manage_policies_scps_evaluation.html"
SCP_SCOPE = f"{ORGANIZATIONS}orgs_manage_policies_scps.html"
RCPS = f"{ORGANIZATIONS}orgs_manage_policies_rcps.html"
ENDPOINTS = "https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html"
KEYS = "https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html"
STS = "https://docs.aws.amazon.com/STS/latest/APIReference/"

OBJECT = "arn:aws:s3:::b/x"
KEY = "arn:aws:kms:us-east-1:111122223333:key/1234abcd"
TARGET = "arn:aws:iam::111122223333:role/target"
USER = "arn:aws:iam::111122223333:user/app/bob"
ROLE = "arn:aws:iam::111122223333:role/app/ci"
SESSION = "arn:aws:sts::111122223333:assumed-role/ci/run-1"
FEDERATED_USER = "arn:aws:sts::111122223333:federated-user/bob"
ROOT = "arn:aws:iam::111122223333:root"
LINKED = "arn:aws:iam::111122223333:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX"
LINKED_SESSION = "arn:aws:sts::111122223333:assumed-role/AWSServiceRoleForX/x"
OTHER = "arn:aws:iam::444455556666:user/eve"
SERVICE = ("Service", "sns.amazonaws.com")
ANONYMOUS = ("*", "*")
TOKEN = ("Federated", "accounts.google.com")

OWN, THEIRS = "111122223333", "444455556666"
ALLOWED, IMPLICIT, EXPLICIT = "allowed", "implicitly-denied", "explicitly-denied"

ALL = {"Effect": "Allow", "Action": "*", "Resource": "*"}
EC2 = {"Effect": "Allow", "Action": "ec2:*", "Resource": "*"}
NONE = {"Effect": "Deny", "Action": "*", "Resource": "*"}


def to(*principals, **more):
    names = list(principals)
    return {"Effect": "Allow", "Principal": {"AWS": names}, "Action": "*", "Resource": "*", **more}


def to_type(kind, name):
    return to(Principal={kind: name})


def decide(iam, caller, layers, unknown="against", **asked):
    """Decide; ``layers`` maps a layer to a statement, SCPs and RCPs to one row for each level."""

    def policies(layer, kind):
        found = layers.get(layer)
        return None if found is None else (iam.policy(found, kind),)

    def levels(layer, kind):
        rows = layers.get(layer, ())
        return tuple(tuple(iam.policy(s, kind) for s in row) for row in rows)

    resource = policies("resource", layers.get("kind", "resource"))
    access = iam.access(
        *(policies("identity", "identity") or ()),
        session=policies("session", "session"),
        scps=levels("scps", "scp"),
        rcps=levels("rcps", "rcp"),
        endpoint=policies("endpoint", "endpoint"),
        resource=None if resource is None else resource[0],
        resource_account=layers.get("account"),
    )._replace(boundary=policies("boundary", "boundary"))
    principal = ("AWS", caller) if isinstance(caller, str) else caller
    return iam.decide(
        iam.request(
            asked.get("action", "s3:GetObject"),
            asked.get("resource", OBJECT),
            asked.get("context", ()),
            principal,
        ),
        access,
        unknown,
    )


SAME_ACCOUNT = [
    (LOGIC, "identity alone", USER, {"identity": ALL, "resource": to(OTHER)}, ALLOWED, None),
    (LOGIC, "resource alone", USER, {"resource": to(USER)}, ALLOWED, None),
    (LOGIC, "neither", USER, {"identity": EC2, "resource": to(OTHER)}, IMPLICIT, "identity"),
    (
        LOGIC,
        "a Deny of the resource policy wins",
        USER,
        {"identity": ALL, "resource": to(USER, Effect="Deny")},
        EXPLICIT,
        "resource",
    ),
    (
        LOGIC,
        "a Deny of the session policy wins over a final grant",
        SESSION,
        {"session": NONE, "resource": to(SESSION)},
        EXPLICIT,
        "session",
    ),
    (
        LOGIC,
        "a Deny of the boundary wins over a final grant",
        USER,
        {"boundary": NONE, "resource": to(USER)},
        EXPLICIT,
        "boundary",
    ),
    (
        LOGIC,
        "the user's ARN: no boundary limits",
        USER,
        {"boundary": EC2, "resource": to(USER)},
        ALLOWED,
        None,
    ),
    (LOGIC, "the role's ARN: without identity", ROLE, {"resource": to(ROLE)}, ALLOWED, None),
    (
        LOGIC,
        "the role's ARN: the boundary limits",
        SESSION,
        {"boundary": EC2, "resource": to(ROLE)},
        IMPLICIT,
        "boundary",
    ),
    (
        LOGIC,
        "the role's ARN: the session policy limits",
        SESSION,
        {"session": EC2, "resource": to(ROLE)},
        IMPLICIT,
        "session",
    ),
    (
        LOGIC,
        "the role's ARN: both allow",
        SESSION,
        {"boundary": ALL, "session": ALL, "resource": to(ROLE)},
        ALLOWED,
        None,
    ),
    (
        LOGIC,
        "the session's ARN: neither limits",
        SESSION,
        {"boundary": EC2, "session": EC2, "resource": to(SESSION)},
        ALLOWED,
        None,
    ),
    (
        LOGIC,
        "the federated session's ARN: neither limits",
        FEDERATED_USER,
        {"boundary": EC2, "session": EC2, "resource": to(FEDERATED_USER)},
        ALLOWED,
        None,
    ),
    (
        PRINCIPAL,
        "everybody: neither limits",
        SESSION,
        {"boundary": EC2, "session": EC2, "resource": to("*")},
        ALLOWED,
        None,
    ),
    (
        PRINCIPAL,
        "everybody of one role: neither limits",
        SESSION,
        {
            "boundary": EC2,
            "session": EC2,
            "resource": to("*", Condition={"ArnEquals": {"aws:PrincipalArn": ROLE}}),
            "context": {"aws:PrincipalArn": ROLE},
        },
        ALLOWED,
        None,
    ),
    (PRINCIPAL, "the account delegates", USER, {"resource": to(ROOT)}, IMPLICIT, "identity"),
    (PRINCIPAL, "the account's number too", USER, {"resource": to(OWN)}, IMPLICIT, "identity"),
    (
        PRINCIPAL,
        "the account delegates to identity policies",
        USER,
        {"identity": ALL, "resource": to(ROOT)},
        ALLOWED,
        None,
    ),
    (
        PRINCIPAL,
        "the strongest of several grants counts",
        USER,
        {"boundary": EC2, "resource": [to(ROOT), to(USER), to(ROOT)]},
        ALLOWED,
        None,
    ),
    (
        NOT_PRINCIPAL,
        "NotPrincipal allows everyone else",
        USER,
        {
            "boundary": EC2,
            "resource": {
                "Effect": "Allow",
                "NotPrincipal": {"AWS": ROLE},
                "Action": "*",
                "Resource": "*",
            },
        },
        ALLOWED,
        None,
    ),
    (LOGIC, "sessions of an identity grant are capped", SESSION, {"identity": ALL, "session": EC2},
     IMPLICIT, "session"),
    (
        f"{STS}API_GetFederationToken.html",
        "a federated user session without session policy has no permissions",
        FEDERATED_USER,
        {"identity": ALL},
        IMPLICIT,
        "session",
    ),
    (
        f"{STS}API_GetFederationToken.html",
        "a federated user session has those of its session policy",
        FEDERATED_USER,
        {"identity": ALL, "session": ALL},
        ALLOWED,
        None,
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("page", "claim", "caller", "layers", "outcome", "layer"),
    SAME_ACCOUNT,
    ids=[row[1] for row in SAME_ACCOUNT],
)
def test_layers_of_one_account_combine_as_documented(  # noqa: PLR0917 - one row of the table
    iam, page, claim, caller, layers, outcome, layer
):
    found = decide(iam, caller, layers, context=layers.get("context", ()))
    assert (found.outcome, found.layer) == (outcome, layer), f"{claim} ({page})"


CROSS_ACCOUNT = [
    (CROSS, "identity alone", USER, {"identity": ALL}, IMPLICIT, "resource"),
    (CROSS, "resource alone", USER, {"resource": to(USER)}, IMPLICIT, "identity"),
    (CROSS, "both", USER, {"identity": ALL, "resource": to(USER)}, ALLOWED, None),
    (CROSS, "both, to the account", USER, {"identity": ALL, "resource": to(ROOT)}, ALLOWED, None),
    (CROSS, "both, to everybody", USER, {"identity": ALL, "resource": to("*")}, ALLOWED, None),
    (CROSS, "everybody alone", USER, {"resource": to("*")}, IMPLICIT, "identity"),
    (CROSS, "the session's ARN alone", SESSION, {"resource": to(SESSION)}, IMPLICIT, "identity"),
    (
        CROSS,
        "the boundary limits",
        USER,
        {"identity": ALL, "boundary": EC2, "resource": to(USER)},
        IMPLICIT,
        "boundary",
    ),
    (
        CROSS,
        "the session policy limits",
        SESSION,
        {"identity": ALL, "session": EC2, "resource": to(SESSION)},
        IMPLICIT,
        "session",
    ),
    (CROSS, "a root user needs the resource", ROOT, {}, IMPLICIT, "resource"),
    (CROSS, "a root user of a named account", ROOT, {"resource": to(OWN)}, ALLOWED, None),
]


@pytest.mark.parametrize(
    ("page", "claim", "caller", "layers", "outcome", "layer"),
    CROSS_ACCOUNT,
    ids=[row[1] for row in CROSS_ACCOUNT],
)
def test_layers_of_two_accounts_must_both_allow(  # noqa: PLR0917 - one row of the table
    iam, page, claim, caller, layers, outcome, layer
):
    found = decide(iam, caller, {**layers, "account": THEIRS})
    assert (found.outcome, found.layer) == (outcome, layer), f"{claim} ({page})"


def test_the_account_of_a_resource_is_that_of_its_arn_else_the_callers(iam):
    queue = f"arn:aws:sqs:us-east-1:{THEIRS}:q"
    layers = {"resource": to(USER)}
    assert decide(iam, USER, layers).outcome == ALLOWED
    assert decide(iam, USER, layers, action="sqs:SendMessage", resource=queue).outcome == IMPLICIT
    found = decide(iam, USER, {**layers, "account": OWN}, action="sqs:SendMessage", resource=queue)
    assert found.outcome == ALLOWED


def test_a_resource_policy_that_is_not_in_view_is_not_asked(iam):
    for resource in (f"arn:aws:sqs:us-east-1:{THEIRS}:q", KEY, TARGET):
        found = decide(iam, USER, {"identity": ALL}, action="sqs:SendMessage", resource=resource)
        assert found.outcome == ALLOWED


def test_whether_a_caller_without_account_is_of_the_same_is_not_known(iam):
    layers = {"resource": to("AIDAEXAMPLE"), "identity": EC2}
    assert decide(iam, "AIDAEXAMPLE", layers).outcome == IMPLICIT
    assert decide(iam, "AIDAEXAMPLE", layers, "for").outcome == ALLOWED


ITSELF = [
    (KEYS, "a key policy must allow", "kms:Decrypt", KEY, {"identity": ALL}, IMPLICIT, "resource"),
    (
        KEYS,
        "a key policy that names others does not",
        "kms:Decrypt",
        KEY,
        {"identity": ALL, "resource": to(ROLE)},
        IMPLICIT,
        "resource",
    ),
    (
        KEYS,
        "a key policy that names the account enables identity policies",
        "kms:Decrypt",
        KEY,
        {"identity": ALL, "resource": to(ROOT)},
        ALLOWED,
        None,
    ),
    (
        KEYS,
        "and does not allow by itself",
        "kms:Decrypt",
        KEY,
        {"resource": to(ROOT)},
        IMPLICIT,
        "identity",
    ),
    (
        KEYS,
        "a key policy that names the user allows",
        "kms:Decrypt",
        KEY,
        {"resource": to(USER)},
        ALLOWED,
        None,
    ),
    (
        KEYS,
        "an alias has no policy",
        "kms:DeleteAlias",
        "arn:aws:kms:us-east-1:111122223333:alias/a",
        {"identity": ALL},
        ALLOWED,
        None,
    ),
    (
        LOGIC,
        "a trust policy must allow",
        "sts:AssumeRole",
        TARGET,
        {"identity": ALL, "account": OWN},
        IMPLICIT,
        "resource",
    ),
    (
        LOGIC,
        "a trust policy that is silent does not",
        "sts:AssumeRole",
        TARGET,
        {"identity": ALL, "resource": to(ROLE), "kind": "trust"},
        IMPLICIT,
        "resource",
    ),
    (
        LOGIC,
        "a trust policy that names the account and an identity policy",
        "sts:AssumeRole",
        TARGET,
        {"identity": ALL, "resource": to(ROOT), "kind": "trust"},
        ALLOWED,
        None,
    ),
    (
        LOGIC,
        "a trust policy that names the account alone",
        "sts:AssumeRole",
        TARGET,
        {"resource": to(ROOT), "kind": "trust"},
        IMPLICIT,
        "identity",
    ),
    (
        LOGIC,
        "a trust policy that names the user needs no identity policy",
        "sts:AssumeRole",
        TARGET,
        {"resource": to(USER), "kind": "trust"},
        ALLOWED,
        None,
    ),
    (
        LOGIC,
        "other actions on a role do not ask its trust policy",
        "iam:GetRole",
        TARGET,
        {"identity": ALL, "account": OWN},
        ALLOWED,
        None,
    ),
    (
        LOGIC,
        "a resource policy of the kind trust is asked whatever the resource",
        "sts:AssumeRole",
        "*",
        {"identity": ALL, "resource": to(ROLE), "kind": "trust"},
        IMPLICIT,
        "resource",
    ),
]


@pytest.mark.parametrize(
    ("page", "claim", "action", "resource", "layers", "outcome", "layer"),
    ITSELF,
    ids=[row[1] for row in ITSELF],
)
def test_roles_and_keys_must_themselves_allow(  # noqa: PLR0917 - one row of the table
    iam, page, claim, action, resource, layers, outcome, layer
):
    layers = {"account": OWN, **layers}
    statement = layers.get("resource")
    if statement and layers.get("kind") == "trust":
        layers["resource"] = {k: v for k, v in statement.items() if k != "Resource"}
    found = decide(iam, USER, layers, action=action, resource=resource)
    assert (found.outcome, found.layer) == (outcome, layer), f"{claim} ({page})"


CALLERS = [
    (PRINCIPAL, "a service needs the resource policy", SERVICE, {"identity": ALL}, IMPLICIT),
    (
        PRINCIPAL,
        "a service that is named",
        SERVICE,
        {"resource": to_type("Service", SERVICE[1])},
        ALLOWED,
    ),
    (
        PRINCIPAL,
        "another service",
        SERVICE,
        {"resource": to_type("Service", "s3.amazonaws.com")},
        IMPLICIT,
    ),
    (PRINCIPAL, "a service among everybody", SERVICE, {"resource": to("*")}, ALLOWED),
    (
        LOGIC,
        "nothing of a principal limits a service",
        SERVICE,
        {
            "resource": to_type("Service", SERVICE[1]),
            "identity": NONE,
            "boundary": EC2,
            "session": EC2,
        },
        ALLOWED,
    ),
    (PRINCIPAL, "anonymous, nothing named", ANONYMOUS, {}, IMPLICIT),
    (PRINCIPAL, "anonymous, everybody", ANONYMOUS, {"resource": to("*")}, ALLOWED),
    (PRINCIPAL, "anonymous, an account", ANONYMOUS, {"resource": to(OWN)}, IMPLICIT),
    (PRINCIPAL, "anonymous, a user", ANONYMOUS, {"resource": to(USER)}, IMPLICIT),
    (
        NOT_PRINCIPAL,
        "anonymous, NotPrincipal",
        ANONYMOUS,
        {
            "resource": {
                "Effect": "Allow",
                "NotPrincipal": {"AWS": USER},
                "Action": "*",
                "Resource": "*",
            }
        },
        ALLOWED,
    ),
    (
        PRINCIPAL,
        "a token of the provider",
        TOKEN,
        {"resource": to_type("Federated", TOKEN[1])},
        ALLOWED,
    ),
    (
        PRINCIPAL,
        "a token of another provider",
        TOKEN,
        {"resource": to_type("Federated", "www.amazon.com")},
        IMPLICIT,
    ),
    (LOGIC, "a root user needs no policy", ROOT, {}, ALLOWED),
    (LOGIC, "a root user has no boundary", ROOT, {"boundary": EC2}, ALLOWED),
    (
        LOGIC,
        "a Deny of the resource policy binds a root user",
        ROOT,
        {"resource": to("*", Effect="Deny")},
        EXPLICIT,
    ),
]


@pytest.mark.parametrize(
    ("page", "claim", "caller", "layers", "outcome"), CALLERS, ids=[row[1] for row in CALLERS]
)
def test_callers_without_policies_are_judged_by_the_resource(
    iam, page, claim, caller, layers, outcome
):
    found = decide(iam, caller, {"account": OWN, **layers})
    assert found.outcome == outcome, f"{claim} ({page})"


def test_a_root_user_needs_the_key_policy(iam):
    asked = {"action": "kms:Decrypt", "resource": KEY}
    assert decide(iam, ROOT, {"resource": to(ROLE)}, **asked).outcome == IMPLICIT
    assert decide(iam, ROOT, {"resource": to(ROOT)}, **asked).outcome == ALLOWED


ORGANIZATION = [
    (SCPS, "every level must allow", USER, {"scps": [[ALL], [ALL]]}, ALLOWED, None),
    (SCPS, "one level is silent", USER, {"scps": [[ALL], [EC2], [ALL]]}, IMPLICIT, "scp"),
    (SCPS, "one level has no policy", USER, {"scps": [[ALL], []]}, IMPLICIT, "scp"),
    (SCPS, "one of a level is enough", USER, {"scps": [[EC2, ALL]]}, ALLOWED, None),
    (SCPS, "a Deny of any level wins", USER, {"scps": [[ALL, NONE], [ALL]]}, EXPLICIT, "scp"),
    (
        SCP_SCOPE,
        "SCPs limit what resource policies grant",
        USER,
        {"scps": [[EC2]], "resource": to(USER)},
        IMPLICIT,
        "scp",
    ),
    (SCP_SCOPE, "SCPs bind root users", ROOT, {"scps": [[EC2]]}, IMPLICIT, "scp"),
    (
        SCP_SCOPE,
        "SCPs do not bind services",
        SERVICE,
        {"scps": [[NONE]], "resource": to("*")},
        ALLOWED,
        None,
    ),
    (
        SCP_SCOPE,
        "SCPs do not bind anonymous callers",
        ANONYMOUS,
        {"scps": [[NONE]], "resource": to("*")},
        ALLOWED,
        None,
    ),
    (SCP_SCOPE, "SCPs do not bind service-linked roles", LINKED, {"scps": [[NONE]]}, ALLOWED, None),
    (RCPS, "levels without policies allow", USER, {"rcps": [[], []]}, ALLOWED, None),
    (
        RCPS,
        "a Deny takes away",
        USER,
        {"rcps": [[], [to("*", Effect="Deny")]]},
        EXPLICIT,
        "rcp",
    ),
    (
        RCPS,
        "RCPs reach services",
        SERVICE,
        {"rcps": [[to("*", Effect="Deny")]], "resource": to("*")},
        EXPLICIT,
        "rcp",
    ),
    (
        RCPS,
        "services are spared by aws:PrincipalIsAWSService",
        SERVICE,
        {
            "rcps": [
                [to("*", Effect="Deny", Condition={"Bool": {"aws:PrincipalIsAWSService": "false"}})]
            ],
            "resource": to("*"),
            "context": {"aws:PrincipalIsAWSService": "true"},
        },
        ALLOWED,
        None,
    ),
    (
        RCPS,
        "RCPs reach anonymous callers",
        ANONYMOUS,
        {"rcps": [[to("*", Effect="Deny")]], "resource": to("*")},
        EXPLICIT,
        "rcp",
    ),
    (
        RCPS,
        "RCPs do not reach service-linked roles",
        LINKED,
        {"rcps": [[to("*", Effect="Deny")]]},
        ALLOWED,
        None,
    ),
    (ENDPOINTS, "an endpoint policy must allow", USER, {"endpoint": to("*")}, ALLOWED, None),
    (
        ENDPOINTS,
        "an endpoint policy that is silent",
        USER,
        {"endpoint": to("*", Action="ec2:*")},
        IMPLICIT,
        "endpoint",
    ),
    (
        ENDPOINTS,
        "a Deny of the endpoint policy wins",
        USER,
        {"endpoint": [to("*"), to("*", Effect="Deny")]},
        EXPLICIT,
        "endpoint",
    ),
    (
        ENDPOINTS,
        "an endpoint policy limits a final grant",
        USER,
        {"endpoint": to("*", Action="ec2:*"), "resource": to(USER)},
        IMPLICIT,
        "endpoint",
    ),
]


@pytest.mark.parametrize(
    ("page", "claim", "caller", "layers", "outcome", "layer"),
    ORGANIZATION,
    ids=[row[1] for row in ORGANIZATION],
)
def test_organizations_and_endpoints_limit_as_documented(  # noqa: PLR0917 - one row of the table
    iam, page, claim, caller, layers, outcome, layer
):
    found = decide(iam, caller, {"identity": ALL, **layers}, context=layers.get("context", ()))
    assert (found.outcome, found.layer) == (outcome, layer), f"{claim} ({page})"


def test_a_session_says_by_its_principal_arn_whether_its_role_is_service_linked(iam):
    layers = {"identity": ALL, "scps": [[NONE]], "rcps": [[to("*", Effect="Deny")]]}
    assert decide(iam, LINKED_SESSION, layers).outcome == EXPLICIT
    assert decide(iam, LINKED_SESSION, layers, "for").outcome == ALLOWED
    told = {"aws:PrincipalArn": LINKED}
    assert decide(iam, LINKED_SESSION, layers, context=told).outcome == ALLOWED
    told = {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/AWSServiceRoleForX"}
    assert decide(iam, LINKED_SESSION, layers, "for", context=told).outcome == EXPLICIT


def test_whether_rcps_reach_a_service_that_is_not_on_the_list_is_not_decided(iam):
    layers = {"identity": ALL, "rcps": [[to("*", Effect="Deny")]]}
    asked = {"action": "ec2:DescribeRegions", "resource": "*"}
    assert decide(iam, USER, layers, **asked).outcome == EXPLICIT
    assert decide(iam, USER, layers, "for", **asked).outcome == ALLOWED
    assert decide(iam, USER, layers, "for").outcome == EXPLICIT


def test_whom_a_gateway_endpoint_policy_names_is_not_decided(iam):
    layers = {"identity": ALL, "endpoint": to(OWN)}
    assert decide(iam, USER, layers).outcome == IMPLICIT
    assert decide(iam, USER, layers, "for").outcome == ALLOWED
    asked = {"action": "sqs:SendMessage", "resource": f"arn:aws:sqs:us-east-1:{OWN}:q"}
    assert decide(iam, USER, layers, **asked).outcome == ALLOWED


def test_a_request_without_resource_asks_no_policy_of_one(iam):
    layers = {"identity": ALL, "account": OWN}
    asked = {"action": "kms:ListKeys", "resource": "*"}
    assert decide(iam, USER, layers, **asked).outcome == ALLOWED


def test_who_asks_for_its_identity_needs_no_permission(iam):
    asked = {"action": "sts:GetCallerIdentity", "resource": "*"}
    assert decide(iam, USER, {"identity": NONE}, **asked).outcome == ALLOWED
    assert decide(iam, ANONYMOUS, {}, **asked).outcome == IMPLICIT


REFUSED = [
    ("iam:CreatePolicyVersion", "arn:aws:iam::aws:policy/ReadOnlyAccess", IMPLICIT),
    ("iam:GetPolicy", "arn:aws:iam::aws:policy/ReadOnlyAccess", ALLOWED),
    ("iam:CreatePolicyVersion", "arn:aws:iam::111122223333:policy/p", ALLOWED),
    ("iam:PutRolePolicy", f"arn:aws:iam::{OWN}:role/aws-reserved/sso.amazonaws.com/x", IMPLICIT),
    ("iam:AttachRolePolicy", f"arn:aws:iam::{OWN}:role/aws-reserved/sso.amazonaws.com/x", IMPLICIT),
    ("iam:GetRole", f"arn:aws:iam::{OWN}:role/aws-reserved/sso.amazonaws.com/x", ALLOWED),
    ("kms:UpdateAlias", f"arn:aws:kms:us-east-1:{OWN}:alias/aws/s3", IMPLICIT),
    ("kms:UpdateAlias", f"arn:aws:kms:us-east-1:{OWN}:alias/app", ALLOWED),
    ("iam:CreateRole", "*", ALLOWED),
]


@pytest.mark.parametrize(("action", "resource", "outcome"), REFUSED)
def test_what_aws_owns_cannot_be_changed(iam, action, resource, outcome):
    found = decide(iam, USER, {"identity": ALL}, action=action, resource=resource)
    assert (found.outcome, found.layer) == (outcome, None)


def test_whether_a_role_of_identity_center_can_be_passed_is_open(iam):
    role = f"arn:aws:iam::{OWN}:role/aws-reserved/sso.amazonaws.com/x"
    asked = {"action": "iam:PassRole", "resource": role}
    assert decide(iam, USER, {"identity": ALL}, "against", **asked).outcome == IMPLICIT
    assert decide(iam, USER, {"identity": ALL}, "for", **asked).outcome == ALLOWED


def test_a_decision_names_the_statements_of_the_layers_that_were_needed(iam):
    layers = {
        "identity": [EC2, ALL],
        "boundary": ALL,
        "resource": to(ROOT),
        "scps": [[EC2, ALL]],
        "endpoint": to("*"),
    }
    found = decide(iam, USER, layers)
    assert [(d.layer, d.statement) for d in found.deciding] == [
        ("identity", 1),
        ("boundary", 0),
        ("scp", 0),
        ("resource", 0),
        ("endpoint", 0),
    ]
    found = decide(iam, USER, {**layers, "resource": to(USER)})
    assert [d.layer for d in found.deciding] == ["scp", "resource", "endpoint"]


def test_missing_keys_are_gathered_over_all_layers(iam):
    asking = {**ALL, "Condition": {"Bool": {"aws:SecureTransport": "true"}}}
    from_where = {**ALL, "Condition": {"StringEquals": {"aws:SourceVpc": "vpc-1"}}}
    found = decide(iam, USER, {"identity": asking, "scps": [[from_where]]})
    assert found.missing_keys == ("aws:securetransport", "aws:sourcevpc")


def test_an_opaque_resource_policy_may_allow_and_deny(iam):
    unread = iam.document([])
    unread = type(unread)((), opaque=iam.symbol("p"))
    access = iam.access(resource=iam.policy(unread, "resource"))
    asked = iam.request("s3:GetObject", OBJECT, (), ("AWS", USER))
    assert iam.decide(asked, access).outcome == EXPLICIT
    assert iam.decide(asked, access, "for").outcome == ALLOWED
