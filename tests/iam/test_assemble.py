import pytest

from leastwise.iam.assemble import (
    AttachmentDeclaration,
    MembershipDeclaration,
    PolicyReference,
    PrincipalDeclaration,
    assemble,
)
from leastwise.iam.lower import lower_document
from leastwise.iam.policy import Pattern
from leastwise.iam.project import Account, Attachment, Policy, PrincipalId, Removal, Root
from leastwise.source.span import Span
from leastwise.source.text import literal_text
from leastwise.source.value import Assumption, Symbol

ROOT = Root("terraform", "infra")
ACCOUNT = Account("infra|aws|account")
ACCOUNT_SYMBOL = Symbol("infra|aws|account", "account", environment=True)
PARTITION = Symbol("infra|aws|partition", "partition", environment=True)
UNKNOWN_NAME = Symbol("infra|var.name", "var.name")
ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"
HERE = Span("main.tf", 10, 20)


def arn(resource):
    return Pattern(("arn:", PARTITION, ":iam::", ACCOUNT_SYMBOL, f":{resource}"))


def policy(address="aws_iam_policy.p", *, managed=None, kind="identity", consumption="attached"):
    text = '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "a:b", "Resource": "*"}}'
    document = lower_document(literal_text(text), kind, scope="infra").document
    return Policy(
        address,
        "policy",
        kind,
        document,
        "concrete",
        None,
        consumption,
        arn=None if managed is None else arn(f"policy/{managed}"),
    )


def principal(name, kind="role", **more):
    return PrincipalDeclaration(
        id=PrincipalId(ACCOUNT, kind, Pattern((name,))),
        address=f"aws_iam_{kind}.{name}",
        arn=arn(f"{kind}/{name}"),
        span=None,
        **more,
    )


def reference(pattern, **more):
    pattern = Pattern((pattern,)) if isinstance(pattern, str) else pattern
    return PolicyReference(pattern, HERE, "aws_iam_role_policy_attachment.a", **more)


def attach(name, what, kind="role", **more):
    name = Pattern((name,)) if isinstance(name, str) else name
    return AttachmentDeclaration(kind, name, what, HERE, "aws_iam_role_policy_attachment.a", **more)


def tie(principals=(), policies=(), attachments=(), memberships=()):
    return assemble(ROOT, principals, policies, attachments, memberships)


def held(found, address):
    (one,) = [p for p in found.principals if p.address == address]
    return [(a.policy.address, a.how, a.via) for a in one.attachments]


def test_a_declared_policy_is_attached_by_its_arn_and_stays_one_object():
    found = tie(
        [principal("ci")],
        [policy(managed="p")],
        [attach("ci", reference(arn("policy/p")))],
    )
    assert held(found, "aws_iam_role.ci") == [("aws_iam_policy.p", "managed", None)]
    assert found.policies[0].consumption == "attached"
    assert found.principals[0].attachments[0].policy is found.policies[0]
    assert found.not_in_view == ()


def test_an_attachment_keeps_its_place_and_its_removal():
    removal = Removal(command=("aws",))
    found = tie([principal("ci")], (), [attach("ci", reference(ADMIN), removal=removal)])
    (attachment,) = found.principals[0].attachments
    assert attachment.span == HERE
    assert attachment.origin == "aws_iam_role_policy_attachment.a"
    assert attachment.removal is removal


@pytest.mark.parametrize(
    "written",
    [
        Pattern(("arn:aws:iam::111122223333:policy/p",)),
        Pattern(("arn:aws:iam::", Symbol("x", "x", environment=True), ":policy/p")),
        Pattern(("arn:aws:iam::", UNKNOWN_NAME, ":policy/p")),
    ],
)
def test_an_account_that_is_not_bound_is_taken_as_the_one_that_is_written(written):
    found = tie([principal("ci")], [policy(managed="p")], [attach("ci", reference(written))])
    assert held(found, "aws_iam_role.ci") == [("aws_iam_policy.p", "managed", None)]


@pytest.mark.parametrize(
    "written",
    [
        Pattern(("arn:aws:iam::111122223333:policy/q",)),
        Pattern(("arn:aws:iam::111122223333:policy/", UNKNOWN_NAME)),
        Pattern(("arn:aws:s3:::", UNKNOWN_NAME)),
        Pattern((UNKNOWN_NAME,)),
    ],
)
def test_a_policy_that_is_not_declared_is_opaque_and_listed(written):
    found = tie([principal("ci")], [policy(managed="p")], [attach("ci", reference(written))])
    (attachment,) = found.principals[0].attachments
    assert attachment.policy.document.opaque is not None
    assert attachment.policy.resolution == "opaque"
    assert attachment.policy.address == str(written)
    assert [n.span for n in found.not_in_view] == [HERE]
    assert [p.consumption for p in found.policies] == ["unattached"]


def test_opaque_policies_are_equal_only_for_equal_arns():
    names = [
        Symbol("infra|module.a|var.arn", "var.arn"),
        Symbol("infra|module.b|var.arn", "var.arn"),
    ]
    found = tie([principal("ci")], (), [attach("ci", reference(Pattern((n,)))) for n in names * 2])
    documents = [a.policy.document for a in found.principals[0].attachments]
    assert documents[0] == documents[2]
    assert documents[0] != documents[1]
    assert len(found.not_in_view) == 2


def test_an_aws_managed_policy_comes_from_the_snapshot():
    found = tie([principal("ci", managed=(reference(ADMIN),))])
    (attachment,) = found.principals[0].attachments
    assert attachment.policy.aws_managed
    assert attachment.policy.document.statements[0].actions.globs == (Pattern(("*",)),)
    assert found.policies == ()


def test_a_policy_of_aws_that_is_not_on_record_is_not_empty():
    written = "arn:aws:iam::aws:policy/service-role/TomorrowAccess"
    found = tie([principal("ci", managed=(reference(written),))])
    (attachment,) = found.principals[0].attachments
    assert attachment.policy.aws_managed
    assert attachment.policy.document.opaque is not None
    assert "on record" in found.not_in_view[0].remedy


def test_inline_policies_are_attached_and_listed_once():
    inside, outside = policy("aws_iam_role.ci"), policy("aws_iam_role_policy.x")
    found = tie(
        [principal("ci", inline=(Attachment(inside, "inline", None),))],
        [outside],
        [attach("ci", outside)],
    )
    assert held(found, "aws_iam_role.ci") == [
        ("aws_iam_role.ci", "inline", None),
        ("aws_iam_role_policy.x", "inline", None),
    ]
    assert [p.address for p in found.policies] == ["aws_iam_role_policy.x", "aws_iam_role.ci"]


def test_the_path_of_a_name_does_not_count():
    role = PrincipalDeclaration(
        PrincipalId(ACCOUNT, "role", Pattern(("app/team/ci",))),
        "aws_iam_role.ci",
        arn("role/app/team/ci"),
        None,
    )
    found = tie([role], (), [attach("ci", reference(ADMIN))])
    assert held(found, "aws_iam_role.ci") == [(ADMIN, "managed", None)]
    assert len(found.principals) == 1


def test_names_with_equal_symbols_are_equal():
    prefix = Symbol("infra|var.prefix", "var.prefix")
    name = Pattern((prefix, "-ci"))
    role = PrincipalDeclaration(
        PrincipalId(ACCOUNT, "role", Pattern(("app/", prefix, "-ci"))), "r", arn("role/x"), None
    )
    found = tie([role], (), [attach(name, reference(ADMIN))])
    assert held(found, "r") == [(ADMIN, "managed", None)]


def test_kinds_do_not_mix():
    found = tie([principal("ci", "user")], (), [attach("ci", reference(ADMIN))])
    assert held(found, "aws_iam_user.ci") == []
    assert held(found, "role/ci") == [(ADMIN, "managed", None)]


def test_a_literal_principal_that_nobody_declares_may_hold_more():
    found = tie((), [policy(managed="p")], [attach("existing", reference(arn("policy/p")))])
    (one,) = found.principals
    assert one.address == "role/existing"
    assert str(one.arn) == "arn:${partition}:iam::${account}:role/existing"
    assert one.arn == arn("role/existing")
    assert one.attachments_open
    assert one.trust is None
    assert one.span == HERE


def test_an_undeclared_principal_given_by_arn_keeps_it():
    written = "arn:aws:iam::111122223333:role/app/existing"
    found = tie((), (), [attach(written, reference(ADMIN)), attach(written, reference(ADMIN))])
    (one,) = found.principals
    assert (one.address, one.arn.literal) == ("role/app/existing", written)
    assert len(one.attachments) == 2


def test_a_bound_account_is_in_the_arn_of_an_undeclared_principal():
    declared = PrincipalDeclaration(
        PrincipalId(Account("infra|aws|account", "111122223333"), "role", Pattern(("a",))),
        "a",
        arn("role/a"),
        None,
    )
    found = tie([declared], (), [attach("existing", reference(ADMIN))])
    assert str(found.principals[1].arn) == "arn:${partition}:iam::111122223333:role/existing"


def test_an_unknown_principal_holds_the_policy_all_the_same():
    found = tie(
        (),
        [policy(managed="p")],
        [attach(Pattern((UNKNOWN_NAME,)), reference(arn("policy/p")))],
    )
    assert found.principals == ()
    assert found.policies[0].consumption == "attached"


def test_users_hold_what_their_groups_hold():
    found = tie(
        [
            principal("ada", "user", groups=(Pattern(("builders",)),)),
            principal("bob", "user"),
            principal("builders", "group", managed=(reference(ADMIN),)),
        ],
        memberships=[
            MembershipDeclaration(Pattern(("builders",)), Pattern(("bob",)), "m"),
            MembershipDeclaration(Pattern(("builders",)), Pattern(("ada",)), "m"),
        ],
    )
    for user in ("ada", "bob"):
        assert held(found, f"aws_iam_user.{user}") == [(ADMIN, "managed", "aws_iam_group.builders")]
    assert not any(p.attachments_open for p in found.principals)


def test_a_user_of_an_unseen_group_may_hold_more():
    found = tie([principal("ada", "user", groups=(Pattern(("elsewhere",)),))])
    assert found.principals[0].attachments_open


def test_a_group_that_is_only_attached_to_gives_to_its_members():
    found = tie(
        [principal("ada", "user", groups=(Pattern(("builders",)),))],
        (),
        [attach("builders", reference(ADMIN), kind="group")],
    )
    assert held(found, "aws_iam_user.ada") == [(ADMIN, "managed", "group/builders")]
    assert found.principals[0].attachments_open


def test_a_policy_that_only_bounds_grants_nothing():
    found = tie([principal("ci", boundary=reference(arn("policy/p")))], [policy(managed="p")])
    (one,) = found.policies
    assert (one.kind, one.consumption) == ("boundary", "ignored")
    assert found.principals[0].boundary is not None
    assert found.principals[0].boundary.policy is one


def test_a_policy_that_bounds_one_and_grants_another_stays_an_identity_policy():
    found = tie(
        [
            principal("ci", boundary=reference(arn("policy/p"))),
            principal("ops", managed=(reference(arn("policy/p")),)),
        ],
        [policy(managed="p")],
    )
    (one,) = found.policies
    assert (one.kind, one.consumption) == ("identity", "attached")


def test_an_unseen_boundary_is_opaque_and_binding():
    found = tie([principal("ci", boundary=reference("arn:aws:iam::111122223333:policy/limit"))])
    boundary = found.principals[0].boundary
    assert boundary is not None
    assert boundary.policy.kind == "boundary"
    assert boundary.policy.document.opaque is not None
    assert len(found.not_in_view) == 1


def test_a_boundary_of_some_worlds_only_is_none():
    on = Assumption("infra|var.on", "true", "when var.on is true")
    found = tie([principal("ci", boundary=reference(arn("policy/p"), when=(on,)))])
    assert found.principals[0].boundary is None


def test_an_attachment_under_an_assumption_guards_its_statements():
    on = Assumption("infra|var.on", "true", "when var.on is true")
    found = tie(
        [principal("ci"), principal("ops")],
        [policy(managed="p")],
        [attach(name, reference(arn("policy/p"), when=(on,))) for name in ("ci", "ops")],
    )
    first, second = (p.attachments[0].policy for p in found.principals)
    assert first is second
    assert [s.when for s in first.document.statements] == [(on,)]
    assert [s.when for s in found.policies[0].document.statements] == [()]
    assert found.policies[0].consumption == "attached"


@pytest.mark.parametrize(
    ("given", "kind", "managed", "expected"),
    [
        ("attached", "identity", "p", "unattached"),
        ("builder", "identity", None, "builder"),
        ("ignored", "scp", None, "ignored"),
        ("attached", "resource", None, "attached"),
    ],
)
def test_what_nobody_refers_to_keeps_or_loses_its_holder(given, kind, managed, expected):
    found = tie((), [policy(managed=managed, kind=kind, consumption=given)])
    assert [p.consumption for p in found.policies] == [expected]


def test_trust_policies_are_listed():
    trust = policy("aws_iam_role.ci", kind="trust")
    found = tie([principal("ci", trust=trust)])
    assert found.principals[0].trust is found.policies[0]
