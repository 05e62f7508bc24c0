"""Ask who may assume a role, from its trust policy."""

import pytest

GITHUB = "token.actions.githubusercontent.com"
PROVIDER = {"Federated": f"arn:aws:iam::111122223333:oidc-provider/{GITHUB}"}
WEB = "sts:AssumeRoleWithWebIdentity"


def trust(principal, action="sts:AssumeRole", **more):
    return {"Effect": "Allow", "Principal": principal, "Action": action, **more}


def claim(operator, value, name="sub"):
    return {operator: {f"{GITHUB}:{name}": value}}


OIDC = [
    ("no condition", {}, "proven"),
    ("only the audience", claim("StringEquals", "sts.amazonaws.com", "aud"), "proven"),
    ("every repository", claim("StringLike", "repo:*"), "proven"),
    ("an organisation that only begins alike", claim("StringLike", "repo:attacker*"), "proven"),
    ("one repository", claim("StringLike", "repo:org/app:*"), "no"),
    ("an asterisk without a wildcard operator", claim("StringEquals", "repo:*"), "no"),
    (
        "IfExists, but tokens always have a subject",
        claim("StringLikeIfExists", "repo:org/app:*"),
        "no",
    ),
    ("ForAllValues, likewise", claim("ForAllValues:StringLike", "repo:org/app:*"), "no"),
    ("all but one repository", claim("StringNotLike", "repo:org/app:*"), "proven"),
]


@pytest.mark.parametrize(("text", "condition", "certainty"), OIDC)
def test_repository_of_a_stranger_may_assume(iam, text, condition, certainty):
    access = iam.access(trust=trust(PROVIDER, WEB, Condition=condition))
    question = iam.ask(
        WEB,
        principal=("Federated", f"*{GITHUB}"),
        context={f"{GITHUB}:sub": ["repo:attacker/evil:ref:refs/heads/main"]},
    )
    assert iam.allows(access, question).certainty == certainty, text


WILD = [
    ("the lone asterisk", "*", {}, "proven"),
    ("the asterisk as AWS", {"AWS": "*"}, {}, "proven"),
    ("an organisation", {"AWS": "*"}, {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}, "no"),
    ("an external id", {"AWS": "*"}, {"StringEquals": {"sts:ExternalId": "x"}}, "no"),
    ("one account", {"AWS": "111122223333"}, {}, "no"),
    ("a service", {"Service": "ec2.amazonaws.com"}, {}, "no"),
]


@pytest.mark.parametrize(("text", "principal", "condition", "certainty"), WILD)
def test_everyone_may_assume(iam, text, principal, condition, certainty):
    access = iam.access(trust=trust(principal, Condition=condition))
    question = iam.ask("sts:AssumeRole", principal=("AWS", "*"))
    assert iam.allows_all(access, question).certainty == certainty, text


ACCOUNT = {"AWS": "arn:aws:iam::444455556666:root"}
EXTERNAL = [
    ("no condition", {}, "proven"),
    ("an external id", {"StringEquals": {"sts:ExternalId": "s3cret"}}, "no"),
    ("an external id if there is one", {"StringEqualsIfExists": {"sts:ExternalId": "x"}}, "proven"),
    ("present, whatever it is", {"Null": {"sts:ExternalId": "false"}}, "no"),
]


@pytest.mark.parametrize(("text", "condition", "certainty"), EXTERNAL)
def test_another_account_may_assume_without_external_id(iam, text, condition, certainty):
    access = iam.access(trust=trust(ACCOUNT, Condition=condition))
    question = iam.ask(
        "sts:AssumeRole",
        principal=("AWS", "arn:aws:iam::444455556666:*"),
        context={"sts:ExternalId": None},
    )
    answer = iam.allows(access, question)
    assert answer.certainty == certainty, text
    if answer.witness is not None:
        assert answer.witness.principal.name == "arn:aws:iam::444455556666:role/example"
        assert [(d.layer, d.statement) for d in answer.deciding] == [("trust", 0)]


def test_caller_of_the_question_narrows_who_is_meant(iam):
    access = iam.access(trust=[trust(ACCOUNT), trust({"Service": "lambda.amazonaws.com"})])
    service = iam.ask("sts:AssumeRole", principal=("Service", "lambda.amazonaws.com"))
    other = iam.ask("sts:AssumeRole", principal=("Service", "ec2.amazonaws.com"))
    assert iam.allows(access, service).certainty == "proven"
    assert iam.allows(access, other).certainty == "no"


def test_stranger_is_not_among_the_listed(iam):
    access = iam.access(trust=trust({"AWS": ["arn:aws:iam::444455556666:role/ci", "111122223333"]}))
    stranger = iam.ask("sts:AssumeRole", principal=("AWS", "arn:aws:iam::999999999999:*"))
    assert iam.allows(access, stranger).certainty == "no"


def test_unknown_account_may_be_the_one_asked_for(iam):
    access = iam.access(trust=trust({"AWS": "arn:aws:iam::«var.account|????????????»:root"}))
    question = iam.ask("sts:AssumeRole", principal=("AWS", "arn:aws:iam::444455556666:role/ci"))
    assert iam.allows(access, question).certainty == "possible"


def test_federated_callers_do_not_call_assume_role(iam):
    access = iam.access(trust=trust(PROVIDER, "sts:*"))
    answer = iam.allows(access, iam.ask("sts:Assume*", principal=("Federated", "*")))
    assert answer.witness.action in ("sts:AssumeRoleWithSAML", WEB)


def test_not_principal_lets_strangers_in(iam):
    statement = {"Effect": "Allow", "NotPrincipal": ACCOUNT, "Action": "sts:AssumeRole"}
    question = iam.ask("sts:AssumeRole", principal=("AWS", "*"))
    answer = iam.allows(iam.access(trust=statement), question)
    assert answer.witness.principal.name == "arn:aws:iam::999999999999:role/stranger"
    assert iam.allows_all(iam.access(trust=statement), question).certainty == "no"


def test_principals_that_are_not_known_may_be_anybody(iam):
    statement = trust({"AWS": ["arn:aws:iam::444455556666:root"]})
    access = iam.access(trust=statement)
    assert iam.allows(access, iam.ask("sts:AssumeRole")).certainty == "proven"
    unknown = iam.access(trust=trust({"AWS": "«var.trusted»"}))
    question = iam.ask("sts:AssumeRole", principal=("AWS", "arn:aws:iam::999999999999:role/x"))
    assert iam.allows(unknown, question).certainty == "possible"
