"""Decide whom resource policies name: sessions, federated users, NotPrincipal, boundaries.

Pages are those of the IAM User Guide, https://docs.aws.amazon.com/IAM/latest/UserGuide/.
"""

import pytest

from leastwise.iam.policy import PrincipalEntry
from leastwise.semantics.evaluation import (
    Situation,
    binding,
    grant_of,
    required_layers,
    standing_of,
    strongest_grant,
)

NOT_PRINCIPAL = "reference_policies_elements_notprincipal.html"
BOUNDARIES = "access_policies_boundaries.html"

OBJECT = "arn:aws:s3:::b/x"
USER = "arn:aws:iam::111122223333:user/app/bob"
ROLE = "arn:aws:iam::111122223333:role/app/ci"
SESSION = "arn:aws:sts::111122223333:assumed-role/ci/run-1"
FEDERATED_USER = "arn:aws:sts::111122223333:federated-user/bob"
ROOT = "arn:aws:iam::111122223333:root"
SERVICE = "sns.amazonaws.com"
ALLOWED, IMPLICIT, EXPLICIT = "allowed", "implicitly-denied", "explicitly-denied"

ALL = {"Effect": "Allow", "Action": "*", "Resource": "*"}


def others(effect, *names, **types):
    listed = {"AWS": list(names), **types}
    return {"Effect": effect, "NotPrincipal": listed, "Action": "*", "Resource": "*"}


def outcomes(iam, caller, resource, **more):
    """Return the outcome when what is not known counts against the request, and for it."""
    session = (iam.policy(ALL, "session"),)
    access = iam.access([ALL], session=session, resource=iam.policy(resource, "resource"), **more)
    asked = iam.request("s3:GetObject", OBJECT, (), caller)
    return iam.decide(asked, access).outcome, iam.decide(asked, access, "for").outcome


SPARED = [
    ("the user and its account", USER, [USER, ROOT], (ALLOWED, ALLOWED)),
    ("the user and its account's number", USER, [USER, "111122223333"], (ALLOWED, ALLOWED)),
    ("the user only", USER, [USER], (EXPLICIT, ALLOWED)),
    ("the account only", USER, [ROOT], (EXPLICIT, ALLOWED)),
    ("another user of the account", USER, [f"{USER}2"], (EXPLICIT, EXPLICIT)),
    ("the role and its account", SESSION, [ROLE, ROOT], (ALLOWED, ALLOWED)),
    ("session, role and account", SESSION, [SESSION, ROLE, ROOT], (ALLOWED, ALLOWED)),
    ("session and account", SESSION, [SESSION, ROOT], (EXPLICIT, ALLOWED)),
    ("role only", SESSION, [ROLE], (EXPLICIT, ALLOWED)),
    ("another account's role", SESSION, [ROLE, "444455556666"], (EXPLICIT, ALLOWED)),
    ("everybody", USER, ["*"], (ALLOWED, ALLOWED)),
]


@pytest.mark.parametrize(("listed", "caller", "names", "expected"), SPARED)
def test_not_principal_with_deny_spares_whom_it_lists(iam, listed, caller, names, expected):
    found = outcomes(iam, ("AWS", caller), others("Deny", *names))
    assert found == expected, f"{listed} ({NOT_PRINCIPAL})"


def test_not_principal_with_deny_spares_a_service_that_is_listed(iam):
    granted = {**ALL, "Principal": "*"}
    for listed, expected in ((SERVICE, ALLOWED), ("s3.amazonaws.com", EXPLICIT)):
        policy = [granted, others("Deny", USER, Service=listed)]
        assert outcomes(iam, ("Service", SERVICE), policy) == (expected, expected)


def test_not_principal_with_deny_always_denies_a_caller_with_a_boundary(iam):
    spared = others("Deny", USER, ROOT)
    assert outcomes(iam, ("AWS", USER), spared, boundary=[[ALL]]) == (EXPLICIT, EXPLICIT), (
        BOUNDARIES
    )
    unsure = {**spared, "Effect": "«var.effect»"}
    assert outcomes(iam, ("AWS", USER), unsure, boundary=[[ALL]]) == (EXPLICIT, ALLOWED)
    granting = others("Allow", ROLE)
    assert outcomes(iam, ("AWS", USER), granting, boundary=[[ALL]]) == (ALLOWED, ALLOWED)


def to(*names, **types):
    return {**ALL, "Effect": "Deny", "Principal": {"AWS": list(names), **types}}


NAMED = [
    ("the user behind a federated session", FEDERATED_USER, to(USER), (EXPLICIT, ALLOWED)),
    (
        "a user of another account",
        FEDERATED_USER,
        to("arn:aws:iam::444455556666:user/bob"),
        (ALLOWED, ALLOWED),
    ),
    ("a role is no user", FEDERATED_USER, to(ROLE), (ALLOWED, ALLOWED)),
    ("the federated session", FEDERATED_USER, to(FEDERATED_USER), (EXPLICIT, EXPLICIT)),
    ("its account", FEDERATED_USER, to(ROOT), (EXPLICIT, EXPLICIT)),
    ("an id of S3 for an account", USER, to(CanonicalUser="79a59df9"), (EXPLICIT, ALLOWED)),
    ("a service", USER, to(Service=SERVICE), (ALLOWED, ALLOWED)),
    ("another session of the role", SESSION, to(f"{SESSION}0"), (ALLOWED, ALLOWED)),
    ("all sessions, which is no name", SESSION, to(f"{SESSION[:-5]}*"), (ALLOWED, ALLOWED)),
    ("a part of a service, which is no name", USER, to("*.amazonaws.com"), (ALLOWED, ALLOWED)),
    ("a user with the role's name", SESSION, to(ROLE.replace("role", "user")), (ALLOWED, ALLOWED)),
    ("a role of a symbol's name", SESSION, to("«var.role»"), (EXPLICIT, ALLOWED)),
    (
        "a role with a symbol in its path",
        SESSION,
        to("arn:aws:iam::111122223333:role/«var.path»/ci"),
        (EXPLICIT, EXPLICIT),
    ),
    (
        "a role with a symbol in its name",
        SESSION,
        to("arn:aws:iam::111122223333:role/«var.name»"),
        (EXPLICIT, ALLOWED),
    ),
    (
        "an account that is a symbol",
        USER,
        to("arn:aws:iam::«data.account|????????????»:root"),
        (EXPLICIT, ALLOWED),
    ),
    ("a symbol for an account", USER, to("«data.account|????????????»"), (EXPLICIT, ALLOWED)),
]


@pytest.mark.parametrize(("claim", "caller", "statement", "expected"), NAMED)
def test_a_deny_reaches_whom_it_names(iam, claim, caller, statement, expected):
    assert outcomes(iam, ("AWS", caller), statement) == expected, claim


def test_a_wildcard_in_the_name_of_a_service_is_not_decided(iam):
    policy = [{**ALL, "Principal": "*"}, to(Service="*.amazonaws.com")]
    assert outcomes(iam, ("Service", SERVICE), policy) == (EXPLICIT, ALLOWED)


GRADES = [
    ("*", "*", "AWS", USER, "final"),
    ("AWS", "*", "AWS", SESSION, "final"),
    ("Service", SERVICE, "Service", SERVICE, "final"),
    ("Federated", "accounts.google.com", "Federated", "accounts.google.com", "final"),
    ("Unknown", "«var.principal»", "AWS", USER, "final"),
    ("CanonicalUser", "79a59df9", "AWS", USER, "delegates"),
    ("AWS", "111122223333", "AWS", USER, "delegates"),
    ("AWS", ROOT, "AWS", ROOT, "delegates"),
    ("AWS", USER, "AWS", USER, "final"),
    ("AWS", "«var.user»", "AWS", USER, "final"),
    ("AWS", ROLE, "AWS", ROLE, "capped"),
    ("AWS", "«var.role»", "AWS", ROLE, "capped"),
    ("AWS", ROLE, "AWS", SESSION, "capped"),
    ("AWS", "«var.session»", "AWS", SESSION, "final"),
    ("AWS", "arn:aws:iam::«data.account|????????????»:role/ci", "AWS", SESSION, "capped"),
    ("AWS", SESSION, "AWS", SESSION, "final"),
    ("AWS", USER, "AWS", FEDERATED_USER, "capped"),
    ("AWS", FEDERATED_USER, "AWS", FEDERATED_USER, "final"),
]


@pytest.mark.parametrize(("type_", "entry", "kind", "caller", "grade"), GRADES)
def test_grants_are_graded_by_the_name_that_they_use(iam, type_, entry, kind, caller, grade):
    named = PrincipalEntry(type_, iam.pattern(entry))
    assert grant_of(named, kind, (caller,)) == grade


def test_the_strongest_grant_of_a_statement_counts(iam):
    several = iam.document({**ALL, "Principal": {"AWS": [ROOT, "«var.user»"]}}, "resource")
    statement = several.statements[0]
    assert strongest_grant(statement, "AWS", (USER,), wide=False) == "delegates"
    assert strongest_grant(statement, "AWS", (USER,), wide=True) == "final"
    assert strongest_grant(statement, "Service", (SERVICE,), wide=True) is None
    assert strongest_grant(iam.document(ALL).statements[0], "AWS", (USER,), wide=False) == "final"
    everyone_else = iam.document(others("Allow", ROLE), "resource").statements[0]
    assert strongest_grant(everyone_else, "AWS", (USER,), wide=False) == "final"


OWN = ("identity", "boundary", "session")
REQUIRED = [
    (None, Situation("identity"), OWN),
    ("delegates", Situation("identity"), ("resource", *OWN)),
    ("capped", Situation("identity"), ("resource", "boundary", "session")),
    ("final", Situation("identity"), ("resource",)),
    (None, Situation("identity", itself=True), None),
    ("delegates", Situation("identity", itself=True), ("resource", *OWN)),
    (None, Situation("identity", same_account=False), None),
    ("delegates", Situation("identity", same_account=False), ("resource", *OWN)),
    ("capped", Situation("identity", same_account=False), ("resource", *OWN)),
    ("final", Situation("identity", same_account=False), ("resource", *OWN)),
    (None, Situation("none"), None),
    ("final", Situation("none", same_account=False), ("resource",)),
    (None, Situation("root"), ("session",)),
    (None, Situation("root", same_account=False), None),
    (None, Situation("root", itself=True), None),
    ("delegates", Situation("root"), ("resource", "session")),
    ("delegates", Situation("root", same_account=False), ("resource", "session")),
    ("final", Situation("root"), ("resource",)),
]


@pytest.mark.parametrize(("grant", "situation", "layers"), REQUIRED)
def test_the_grade_says_which_layers_must_allow(grant, situation, layers):
    assert required_layers(grant, situation) == layers


STANDINGS = [
    ("AWS", USER, "identity"),
    ("AWS", SESSION, "identity"),
    ("AWS", ROOT, "root"),
    ("AWS", "arn:aws:iam::111122223333:rooted", "identity"),
    ("Service", SERVICE, "none"),
    ("Federated", "accounts.google.com", "none"),
    ("*", "*", "none"),
]


@pytest.mark.parametrize(("kind", "name", "standing"), STANDINGS)
def test_callers_have_policies_of_their_own_or_not(kind, name, standing):
    assert standing_of(kind, (name,)) == standing


LINKED = "arn:aws:iam::111122223333:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX"
LINKED_SESSION = "arn:aws:sts::111122223333:assumed-role/AWSServiceRoleForX/x"
EVERY = {"identity", "boundary", "scps", "rcps"}
BINDING = [
    (USER, True, EVERY),
    (ROOT, True, {"scps", "rcps"}),
    (FEDERATED_USER, True, EVERY | {"session"}),
    (LINKED, False, {"identity", "boundary"}),
    (LINKED_SESSION, True, {"identity", "boundary"}),
    (LINKED_SESSION, False, EVERY),
]


@pytest.mark.parametrize(("name", "favourable", "layers"), BINDING)
def test_layers_that_do_not_bind_a_caller_are_left_out(iam, name, favourable, layers):
    held = iam.access([ALL], boundary=[[ALL]])
    row = ((iam.policy(ALL, "scp"),),)
    found = binding(held._replace(scps=row, rcps=row), name, favourable=favourable)
    kept = {layer for layer in EVERY if getattr(found, layer)}
    assert kept | ({"session"} if found.session == () else set()) == layers


BEHIND = [
    ("its role", ROLE, True),
    ("a role of its name elsewhere", "arn:aws:iam::444455556666:role/app/ci", False),
    ("a role of another partition", "arn:aws-cn:iam::111122223333:role/app/ci", False),
    ("a wildcard in the partition", "arn:a*:iam::111122223333:role/app/ci", False),
    ("a partition that is not known", "arn:«data.partition»:iam::111122223333:role/app/ci", True),
    ("another service", "arn:aws:sts::111122223333:role/app/ci", False),
]


@pytest.mark.parametrize(("entry", "named"), [b[1:] for b in BEHIND], ids=[b[0] for b in BEHIND])
def test_a_session_is_known_by_its_role(iam, entry, named):
    statement = {"Effect": "Allow", "Principal": {"AWS": entry}, "Action": "*", "Resource": "*"}
    access = iam.access(resource=iam.policy(statement, "resource"))
    asked = iam.request("s3:GetObject", OBJECT, (), ("AWS", SESSION))
    assert (iam.decide(asked, access, "for").outcome == ALLOWED) is named
