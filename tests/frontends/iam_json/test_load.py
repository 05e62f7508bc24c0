import json
from pathlib import Path

import pytest

from leastwise.config.model import Config
from leastwise.frontends.iam_json import load, roots
from leastwise.iam.project import Root
from leastwise.source.edit import Edit
from leastwise.source.text import source_spans
from leastwise.source.tree import MemoryTree, overlay
from leastwise.source.value import Chars, Mapping, Sequence, Text

DUMP = (Path(__file__).parent / "dump.json").read_bytes()
ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"
ACCOUNT = "arn:aws:iam::111122223333"

SMALL = (
    b'{"Version": "2012-10-17", "Statement": [{"Sid": "a\\n\xc3\xa9",'
    b' "Effect": "Allow", "Action": ["s3:Get*", "s3:Put*"], "Resource": "arn:aws:s3:::b/*",'
    b' "Condition": {"StringLike": {"aws:username": "x*"}}}]}'
)


def project_of(data, **more):
    tree = MemoryTree({"x.json": data})
    (root,) = roots(tree, ("x.json",), named=frozenset({"x.json"}), **more)
    return load(root, tree, Config())


@pytest.fixture(scope="module")
def dump():
    return project_of(DUMP)


def statement(**entries):
    return {"Effect": "Allow", "Action": "s3:*", "Resource": "*", **entries}


def document(*statements):
    return {"Version": "2012-10-17", "Statement": list(statements)}


def trust(**entries):
    return {"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole", **entries}


# Single documents.


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (document(statement()), "identity"),
        (document(), "identity"),
        (document(trust()), "trust"),
        (document(trust(Action=["STS:AssumeRoleWithWebIdentity", "sts:TagSession"])), "trust"),
        (document(trust(), statement()), "resource"),
        (document(trust(Resource="*")), "resource"),
        (document(trust(Action="ecr:*")), "resource"),
        (document(trust(Action=["sts:AssumeRole", "s3:*"])), "resource"),
        (document(statement(NotPrincipal={"AWS": "*"})), "resource"),
        ({"Role": {"AssumeRolePolicyDocument": document()}}, "trust"),
        ({"PolicyVersion": {"Document": document(statement())}}, "identity"),
        ({"Policy": json.dumps(document(statement(Principal="*")))}, "resource"),
    ],
)
def test_the_kind_is_told_from_content(content, kind):
    (policy,) = project_of(json.dumps(content).encode()).policies
    assert policy.kind == kind
    assert policy.consumption == "raw"
    assert policy.address == "x.json"


@pytest.mark.parametrize(
    ("kind", "consumption"),
    [("identity", "raw"), ("trust", "raw"), ("scp", "ignored"), ("boundary", "ignored")],
)
def test_the_user_says_what_a_document_is(kind, consumption):
    (policy,) = project_of(json.dumps(document(statement())).encode(), kind=kind).policies
    assert (policy.kind, policy.consumption) == (kind, consumption)


def test_a_list_of_documents_names_each_by_its_place():
    content = [{"PolicyDocument": document(statement())}, document(statement(Effect="Deny"))]
    project = project_of(json.dumps(content).encode())
    assert [(p.attribute, p.document.statements[0].effect) for p in project.policies] == [
        ("[0].PolicyDocument", "Allow"),
        ("[1]", "Deny"),
    ]


@pytest.mark.parametrize("encode", [json.dumps, lambda d: "%7B" + json.dumps(d)[1:]])
def test_a_document_in_a_string_has_its_places_in_the_file(encode):
    data = json.dumps({"PolicyDocument": encode(document(statement(Action="s3:Get*")))}).encode()
    (policy,) = project_of(data).policies
    origin = policy.document.statements[0].actions.globs[0].origin
    assert origin is not None
    (piece,) = origin.pieces
    assert isinstance(piece, Chars)
    (span,) = source_spans(piece)
    assert data[span.start : span.end] == b"s3:Get*"


def test_the_same_policy_in_every_encoding_is_the_same_document():
    from urllib.parse import quote

    content = document(statement(Condition={"Bool": {"aws:SecureTransport": True}}))
    text = json.dumps(content)
    files = [
        text,
        json.dumps(content, indent=4),
        json.dumps({"PolicyDocument": content}),
        json.dumps({"PolicyDocument": text}),
        json.dumps({"PolicyDocument": quote(text)}),
        json.dumps({"PolicyDocument": quote(text, safe="")}, indent=1),
        "\ufeff" + text,
    ]
    documents = {project_of(file.encode()).policies[0].document for file in files}
    assert len(documents) == 1


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (SMALL[:-1], "json-syntax"),
        (b'{"Statement": [], "Statement": [{"Effect": "Allow"}]}', "duplicate-key"),
        (b"\xff\xfe{\x00", "encoding"),
        (b"[" * 100_000, "too-deep"),
        (b'{"PolicyDocument": "{\\"Statement\\": [}"}', "json-syntax"),
        (b'{"PolicyDocument": "%7B%22Statement%22%3A%FF"}', "encoding"),
    ],
)
def test_what_cannot_be_read_is_an_error_of_its_file(data, code):
    project = project_of(data)
    assert [(d.severity, d.code, d.span.path) for d in project.diagnostics] == [
        ("error", code, "x.json")
    ]
    assert project.files == ("x.json",)
    assert project.read == frozenset({"x.json"})


def test_a_document_that_cannot_be_read_inside_a_file_is_opaque_not_absent():
    project = project_of(b'{"PolicyDocument": "{\\"Statement\\": [}"}')
    assert [p.resolution for p in project.policies] == ["opaque"]


def test_a_file_that_is_gone_is_a_diagnostic():
    project = load(Root("iam-json", "gone.json"), MemoryTree({}), Config())
    assert [d.code for d in project.diagnostics] == ["not-found"]


# The contract of front ends.


def test_no_truncation_raises_and_each_is_a_policy_or_an_error():
    tree = MemoryTree({"x.json": SMALL})
    (root,) = roots(tree, ("x.json",))
    for end in range(len(SMALL)):
        project = load(root, MemoryTree({"x.json": SMALL[:end]}), Config())
        assert [d.severity for d in project.diagnostics] == ["error"], end
        roots(MemoryTree({"x.json": SMALL[:end]}), ("x.json",))


def test_no_truncation_of_a_dump_raises():
    data = DUMP.replace(b"    ", b"")
    root = Root("account-dump", "x.json")
    for end in range(0, len(data), 37):
        project = load(root, MemoryTree({"x.json": data[:end]}), Config())
        assert [d.severity for d in project.diagnostics] == ["error"]


@pytest.mark.parametrize("change", [b"null", b"[5]", b"{}"])
def test_no_part_of_a_dump_may_have_any_type(change):
    root = Root("account-dump", "x.json")
    content = json.loads(DUMP)

    def changed(node, path):
        for key in list(node) if isinstance(node, dict) else range(len(node)):
            old = node[key]
            node[key] = json.loads(change)
            yield json.dumps(content).encode()
            node[key] = old
            if isinstance(old, (dict, list)) and len(path) < 5:
                yield from changed(old, (*path, key))

    for data in changed(content, ()):
        load(root, MemoryTree({"x.json": data}), Config())


def strings_of(value):
    """Yield every string of a value with its way."""
    match value:
        case Text():
            yield (), value
        case Sequence():
            for index, item in enumerate(value.items):
                yield from (((index, *way), text) for way, text in strings_of(item))
        case Mapping():
            for key, item in value.entries:
                yield from (((key.literal, *way), text) for way, text in strings_of(item))


def test_an_edit_at_a_literals_place_changes_that_value_and_no_other():
    before = project_of(SMALL).policies[0].value
    texts = dict(strings_of(before))
    assert len(texts) == 7
    for way, text in texts.items():
        spans = [s.span for p in text.pieces if isinstance(p, Chars) for s in p.segments]
        edits = [Edit(span, b"") for span in spans[1:]] + [Edit(spans[0], b"2012-10-17-new")]
        edited = overlay(MemoryTree({"x.json": SMALL}), edits)
        assert not isinstance(edited, tuple)
        after = load(Root("iam-json", "x.json"), edited, Config()).policies[0].value
        assert {w: t.literal for w, t in strings_of(after)} == {
            w: "2012-10-17-new" if w == way else t.literal for w, t in texts.items()
        }


# Account dumps.


def test_principals_are_named_by_their_arn(dump):
    assert [(p.address, p.kind, p.id.name.literal) for p in dump.principals] == [
        (f"{ACCOUNT}:user/people/ada", "user", "people/ada"),
        (f"{ACCOUNT}:group/builders", "group", "builders"),
        (f"{ACCOUNT}:role/ci", "role", "ci"),
        (f"{ACCOUNT}:role/bad", "role", "bad name; rm"),
    ]
    assert {p.id.account.number for p in dump.principals} == {"111122223333"}
    assert dump.diagnostics == ()
    assert dump.files == ("x.json",)


def test_principals_hold_what_the_dump_says(dump):
    holdings = {
        p.address: [(a.policy.address, a.how, a.via) for a in p.attachments]
        for p in dump.principals
    }
    group = f"{ACCOUNT}:group/builders"
    deploy, power = f"{ACCOUNT}:policy/app/deploy", "arn:aws:iam::aws:policy/PowerUserAccess"
    user, role = f"{ACCOUNT}:user/people/ada", f"{ACCOUNT}:role/ci"
    assert holdings == {
        user: [(user, "inline", None), (deploy, "managed", group), (power, "managed", group)],
        group: [(deploy, "managed", None), (power, "managed", None)],
        role: [
            (role, "inline", None),
            (ADMIN, "managed", None),
            ("arn:aws:iam::aws:policy/TomorrowAccess", "managed", None),
        ],
        f"{ACCOUNT}:role/bad": [(ADMIN, "managed", None)],
    }


def test_a_group_that_the_dump_lacks_leaves_its_user_open(dump):
    assert [p.attachments_open for p in dump.principals] == [True, False, False, False]


def test_policies_are_judged_by_who_holds_them(dump):
    assert [
        (p.address.rpartition(":")[2], p.attribute, p.kind, p.consumption, p.resolution)
        for p in dump.policies
    ] == [
        ("policy/app/deploy", "PolicyVersionList[1].Document", "identity", "attached", "concrete"),
        ("policy/limit", "PolicyVersionList[0].Document", "boundary", "ignored", "concrete"),
        ("policy/unused", "PolicyVersionList[0].Document", "identity", "unattached", "concrete"),
        ("policy/elsewhere", "PolicyVersionList[0].Document", "identity", "attached", "opaque"),
        (
            "policy/PowerUserAccess",
            "PolicyVersionList[0].Document",
            "identity",
            "ignored",
            "concrete",
        ),
        ("user/people/ada", "UserPolicyList[0].PolicyDocument", "identity", "attached", "concrete"),
        ("role/ci", "AssumeRolePolicyDocument", "trust", "attached", "concrete"),
        ("role/ci", "RolePolicyList[0].PolicyDocument", "identity", "attached", "concrete"),
        ("role/bad", "AssumeRolePolicyDocument", "trust", "attached", "concrete"),
    ]


def test_the_version_in_force_is_the_one_that_counts(dump):
    (policy,) = [p for p in dump.policies if p.address.endswith("app/deploy")]
    assert [s.actions.globs[0].literal for s in policy.document.statements] == ["ecs:*"]


def test_a_policy_of_aws_comes_from_the_dump_first(dump):
    (power,) = [p for p in dump.policies if p.aws_managed]
    assert dump.principals[1].attachments[1].policy is power
    assert power.document.statements[0].actions.globs[0].literal == "iam:*"


def test_what_is_in_no_dump_and_no_snapshot_is_listed(dump):
    missing, unseen = dump.not_in_view
    assert "policy/elsewhere is not shown" in missing.message
    assert "TomorrowAccess" in unseen.message
    assert DUMP[unseen.span.start : unseen.span.end] == b'"arn:aws:iam::aws:policy/TomorrowAccess"'


def test_boundary_trust_and_tags_are_read(dump):
    user, _, role, _ = dump.principals
    assert user.boundary is not None
    assert user.boundary.policy.address == f"{ACCOUNT}:policy/limit"
    assert [(k.literal, v.literal) for k, v in user.tags] == [("team", "web")]
    assert role.trust is not None
    assert role.trust.kind == "trust"


def test_encoded_documents_are_decoded(dump):
    inline = dump.principals[0].attachments[0].policy
    assert inline.document.statements[0].sid == "café"
    origin = inline.document.statements[0].actions.globs[0].origin
    assert origin is not None
    assert origin.span is not None
    assert DUMP[origin.span.start : origin.span.end] == b"%22iam%3ACreateAccessKey%22"


def test_attachments_know_the_commands_that_undo_and_redo_them(dump):
    _, group, role, bad = dump.principals
    attachment = role.attachments[1]
    assert attachment.removal is not None
    rest = ("--role-name", "ci", "--policy-arn", ADMIN)
    assert attachment.removal.command == ("aws", "iam", "detach-role-policy", *rest)
    assert attachment.removal.undo == ("aws", "iam", "attach-role-policy", *rest)
    assert attachment.span is not None
    assert DUMP[attachment.span.start : attachment.span.end] == f'"{ADMIN}"'.encode()
    assert group.attachments[0].removal is not None
    assert group.attachments[0].removal.command[2] == "detach-group-policy"
    assert bad.attachments[0].removal is None


@pytest.mark.parametrize("name", ["", "-x", "a b", "a;b", "a$(b)", "ä", "x" * 129])
def test_no_command_is_made_of_a_name_iam_does_not_allow(name):
    role = {
        "RoleName": name,
        "Arn": f"{ACCOUNT}:role/x",
        "AttachedManagedPolicies": [{"PolicyArn": ADMIN}],
    }
    (principal,) = project_of(json.dumps({"RoleDetailList": [role]}).encode()).principals
    assert principal.attachments[0].removal is None


def test_an_entry_without_name_or_arn_is_an_error():
    project = project_of(b'{"RoleDetailList": [{"RoleName": "x"}, 5]}')
    assert [(d.severity, d.code) for d in project.diagnostics] == [("error", "invalid-dump")] * 2
    assert project.principals == ()


def test_one_page_of_several_is_said_to_be_one():
    project = project_of(b'{"RoleDetailList": [], "IsTruncated": true, "Marker": "x"}')
    assert [n.kind for n in project.not_in_view] == ["account-dump"]
