"""Deleting an item of ManagedPolicyArns, byte by byte."""

import pytest
from tests.frontends.cloudformation.loaded import load, principal

from leastwise.config.model import Config
from leastwise.frontends import cloudformation
from leastwise.iam.project import Root
from leastwise.source.edit import apply_edits
from leastwise.source.tree import MemoryTree

ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"
READ = "arn:aws:iam::aws:policy/ReadOnlyAccess"
PARTITIONED = "arn:${AWS::Partition}:iam::aws:policy/AdministratorAccess"
HEAD = """Resources:
  App:
    Type: AWS::IAM::User
    Properties:
"""

# What stands below Properties, and what is left of it when AdministratorAccess goes.
CASES = {
    "first of a block list": (
        f"      UserName: a\n      ManagedPolicyArns:\n        - {ADMIN} # why\n        - {READ}\n",
        f"      UserName: a\n      ManagedPolicyArns:\n        - {READ}\n",
    ),
    "last of a block list, comment above kept": (
        f"      ManagedPolicyArns:\n      - {READ}\n      # admin\n      - '{ADMIN}'\n      UserName: a\n",
        f"      ManagedPolicyArns:\n      - {READ}\n      # admin\n      UserName: a\n",
    ),
    "over several lines": (
        f"      ManagedPolicyArns:\n        - !Sub >-\n            {ADMIN}\n\n        - {READ}\n",
        f"      ManagedPolicyArns:\n\n        - {READ}\n",
    ),
    "only one of a block list": (
        f"      ManagedPolicyArns: # all\n        # admin\n        - {ADMIN}\n      UserName: a # x\n",
        "      UserName: a # x\n",
    ),
    "only one, at the end of the file without line end": (
        f"      UserName: a\n      ManagedPolicyArns:\n        - {ADMIN}",
        "      UserName: a\n",
    ),
    "first of a flow list": (
        f"      ManagedPolicyArns: [ {ADMIN}, {READ} ] # c\n",
        f"      ManagedPolicyArns: [ {READ} ] # c\n",
    ),
    "last of a flow list": (
        f"      ManagedPolicyArns: [{READ},\n        {ADMIN},]\n",
        f"      ManagedPolicyArns: [{READ},]\n",
    ),
    "only one of a flow list": (
        f"      UserName: a\n      ManagedPolicyArns: [{ADMIN}]\n",
        "      UserName: a\n",
    ),
    "joined": (
        f"      UserName: a\n      ManagedPolicyArns:\n        - !Join ['', ['{ADMIN[:4]}', '{ADMIN[4:]}']]\n",
        "      UserName: a\n",
    ),
    "partition by substitution": (
        "      UserName: a\n      ManagedPolicyArns: # x\n        - !Sub " + PARTITIONED + "\n",
        "      UserName: a\n",
    ),
}


def removals(text):
    """Return the removal of each administrator attachment of the principal ``App``."""
    found = principal(load(text), "App").attachments
    return [a.removal for a in found if "AdministratorAccess" in str(a.policy.arn)]


def managed(text):
    project = load(text)
    assert project.diagnostics == ()
    return [str(a.policy.arn) for a in principal(project, "App").attachments]


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_an_item_goes_and_all_else_stays(name, newline):
    before, after = ((HEAD + part).replace("\n", newline).encode() for part in CASES[name])
    (removal,) = removals(before)
    edited = apply_edits(before, removal.edits)
    assert edited == after
    assert managed(edited) == [arn for arn in managed(before) if "Administrator" not in arn]


def test_properties_go_with_their_only_key_because_null_is_refused():
    before = (
        f"{HEAD}      ManagedPolicyArns:\n        - {ADMIN}\n    DeletionPolicy: Retain\n".encode()
    )
    (removal,) = removals(before)
    assert apply_edits(before, removal.edits) == (
        b"Resources:\n  App:\n    Type: AWS::IAM::User\n    DeletionPolicy: Retain\n"
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('"ManagedPolicyArns": [\n  "ADMIN",\n  "READ"\n]', '"ManagedPolicyArns": [\n  "READ"\n]'),
        ('"ManagedPolicyArns": [\n  "READ",\n  "ADMIN"\n]', '"ManagedPolicyArns": [\n  "READ"\n]'),
        ('"UserName": "a",\n"ManagedPolicyArns": ["ADMIN"]', '"UserName": "a"'),
        ('"ManagedPolicyArns": ["ADMIN"],\n "UserName": "a"', '"UserName": "a"'),
        ('"UserName": "a", "ManagedPolicyArns": [{"Fn::Sub": "ADMIN"}]', '"UserName": "a"'),
    ],
)
def test_an_item_of_json_goes_with_its_comma(before, after):
    frame = '{"Resources": {"App": {"Type": "AWS::IAM::User", "Properties": {%s}}}}'
    texts = [
        (frame % part).replace("ADMIN", ADMIN).replace("READ", READ).encode()
        for part in (before, after)
    ]
    (removal,) = removals(texts[0])
    assert apply_edits(texts[0], removal.edits) == texts[1]
    assert ADMIN not in managed(texts[1])


@pytest.mark.parametrize(
    "properties",
    [
        f"      ManagedPolicyArns: !Split [',', '{ADMIN},{READ}']\n",
        f"      ManagedPolicyArns:\n      - Fn::If:\n        - C\n        - !Sub >-\n            {ADMIN}\n        - {READ}\n",
        f"      UserName: &x a\n      ManagedPolicyArns: [{ADMIN}]\n      Path: *x\n",
    ],
)
def test_there_is_no_removal_where_an_edit_could_do_more(properties):
    head = "Conditions: {C: !Equals [!Ref AWS::Region, x]}\n" + HEAD
    assert removals(head + properties) == [None]


NONE = "!Ref AWS::NoValue"
CONDITIONAL = {
    "one of two": (
        f"      ManagedPolicyArns:\n        - !If [C, {ADMIN}, {READ}] # why\n        - {READ}\n",
        f"      ManagedPolicyArns:\n        - !If [C, {NONE}, {READ}] # why\n        - {READ}\n",
    ),
    "one or none": (
        f"      ManagedPolicyArns:\n        - !If [C, {ADMIN}, {NONE}] # why\n        - {READ}\n",
        f"      ManagedPolicyArns:\n        - {READ}\n",
    ),
    "none or one, the only item": (
        f"      UserName: a\n      ManagedPolicyArns: [!If [C, {NONE}, {ADMIN}]]\n",
        "      UserName: a\n",
    ),
    "on lines of its own": (
        (
            f"      ManagedPolicyArns:\n        - Fn::If:\n            - C\n            - {READ}\n"
            f"            - {ADMIN} # why\n"
        ),
        (
            f"      ManagedPolicyArns:\n        - Fn::If:\n            - C\n            - {READ}\n"
            f"            - {NONE} # why\n"
        ),
    ),
    "nested": (
        f"      ManagedPolicyArns: [!If [C, {READ}, !If [D, {ADMIN}, {READ}]]]\n",
        f"      ManagedPolicyArns: [!If [C, {READ}, !If [D, {NONE}, {READ}]]]\n",
    ),
    "whole lists": (
        f"      ManagedPolicyArns: !If [C, [{ADMIN}], [{READ}]]\n",
        f"      ManagedPolicyArns: !If [C, {NONE}, [{READ}]]\n",
    ),
    "an item of one of two lists": (
        f"      ManagedPolicyArns: !If [C, [{ADMIN}, {READ}], [{READ}]]\n",
        f"      ManagedPolicyArns: !If [C, [{READ}], [{READ}]]\n",
    ),
    "a list or none": (
        f"      UserName: a\n      ManagedPolicyArns: !If [C, [{ADMIN}], {NONE}]\n",
        "      UserName: a\n",
    ),
}


@pytest.mark.parametrize(("before", "after"), CONDITIONAL.values(), ids=CONDITIONAL.keys())
def test_what_a_branch_holds_gives_way_to_no_value(before, after):
    parameters = "Parameters: {P: {Type: String}, Q: {Type: String}}\n"
    conditions = "Conditions: {C: !Equals [!Ref P, x], D: !Equals [!Ref Q, x]}\n"
    head = parameters + conditions + HEAD
    (removal,) = set(removals(head + before))
    assert apply_edits((head + before).encode(), removal.edits) == (head + after).encode()


def test_a_branch_in_json_gives_way_to_json():
    head = '{"Parameters": {"P": {"Type": "String"}}, "Conditions": {"C": {"Fn::Equals": [{"Ref": "P"}, "x"]}}, '
    frame = head + '"Resources": {"App": {"Type": "AWS::IAM::User", "Properties": {%s}}}}'
    before = frame % f'"ManagedPolicyArns": [{{"Fn::If": ["C", "{ADMIN}", "{READ}"]}}]'
    after = (
        frame % f'"ManagedPolicyArns": [{{"Fn::If": ["C", {{"Ref": "AWS::NoValue"}}, "{READ}"]}}]'
    )
    (removal,) = set(removals(before))
    assert apply_edits(before.encode(), removal.edits) == after.encode()


DOCUMENT = "{Statement: [{Effect: Allow, Action: '*', Resource: '*'}]}"
OTHER = "  Other: {Type: AWS::IAM::User}\n"
ATTACHING = {
    "a holder of several": (
        (
            f"  P:\n    Type: AWS::IAM::ManagedPolicy\n    Properties:\n      Users:\n"
            f"        - !Ref App # why\n        - !Ref Other\n      PolicyDocument: {DOCUMENT}\n"
        ),
        (
            f"  P:\n    Type: AWS::IAM::ManagedPolicy\n    Properties:\n      Users:\n"
            f"        - !Ref Other\n      PolicyDocument: {DOCUMENT}\n"
        ),
    ),
    "the only holder of a managed policy": (
        (
            f"  P:\n    Type: AWS::IAM::ManagedPolicy\n    Properties:\n      Users: [!Ref App]\n"
            f"      PolicyDocument: {DOCUMENT}\n"
        ),
        (
            f"  P:\n    Type: AWS::IAM::ManagedPolicy\n    Properties:\n"
            f"      PolicyDocument: {DOCUMENT}\n"
        ),
    ),
    "one of two holders of an inline policy": (
        (
            f"  P:\n    Type: AWS::IAM::Policy\n    Properties:\n      PolicyName: p\n"
            f"      Users: [!Ref App, !Ref Other]\n      PolicyDocument: {DOCUMENT}\n"
        ),
        (
            f"  P:\n    Type: AWS::IAM::Policy\n    Properties:\n      PolicyName: p\n"
            f"      Users: [!Ref Other]\n      PolicyDocument: {DOCUMENT}\n"
        ),
    ),
    "the only holder of an inline policy": (
        (
            f"  # admin\n  P:\n    Type: AWS::IAM::Policy\n    Properties:\n      PolicyName: p\n"
            f"      Users: [!Ref App]\n      PolicyDocument: {DOCUMENT}\n"
        ),
        "  # admin\n",
    ),
    "a policy of one user": (
        (
            f"  P:\n    Type: AWS::IAM::UserPolicy\n    Properties:\n      PolicyName: p\n"
            f"      UserName: !Ref App\n      PolicyDocument: {DOCUMENT}\n"
        ),
        "",
    ),
}


@pytest.mark.parametrize(("before", "after"), ATTACHING.values(), ids=ATTACHING.keys())
@pytest.mark.parametrize("last", ["", OTHER], ids=["at the end", "before another"])
def test_a_resource_lets_go_of_whom_it_names(before, after, last):
    head = "Resources:\n  App: {Type: AWS::IAM::User}\n"
    texts = [(head + part + (last or "")).encode() for part in (before, after)]
    (attachment,) = principal(load(texts[0]), "App").attachments
    assert apply_edits(texts[0], attachment.removal.edits) == texts[1]
    assert principal(load(texts[1]), "App").attachments == ()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            (
                "      Policies:\n        - PolicyName: a\n          PolicyDocument: DOC\n"
                "        # two\n        - PolicyName: b\n          PolicyDocument: DOC\n"
            ),
            (
                "      Policies:\n"
                "        # two\n        - PolicyName: b\n          PolicyDocument: DOC\n"
            ),
        ),
        (
            "      Policies: [{PolicyName: a, PolicyDocument: DOC}, {PolicyName: b, PolicyDocument: DOC}]\n",
            "      Policies: [{PolicyName: b, PolicyDocument: DOC}]\n",
        ),
        (
            (
                "      UserName: u\n      Policies:\n        - PolicyName: a\n"
                "          PolicyDocument:\n            Statement:\n"
                "              - {Effect: Allow, Action: '*', Resource: '*'}\n"
            ),
            "      UserName: u\n",
        ),
    ],
    ids=["block", "flow", "the only one"],
)
def test_an_inline_policy_goes_with_its_item(before, after):
    texts = [(HEAD + part.replace("DOC", DOCUMENT)).encode() for part in (before, after)]
    first = principal(load(texts[0]), "App").attachments[0]
    assert apply_edits(texts[0], first.removal.edits) == texts[1]


def test_a_permission_set_lets_go_of_its_policies():
    head = "Resources:\n  App:\n    Type: AWS::SSO::PermissionSet\n    Properties:\n      Name: a\n"
    before = (
        f"      ManagedPolicies:\n        - {ADMIN}\n        - {READ}\n"
        "      CustomerManagedPolicyReferences:\n        - Name: mine\n          Path: /x/\n"
        "        - Name: yours\n"
    )
    left = [
        f"      ManagedPolicies:\n        - {READ}\n" + before[before.index("      Cust") :],
        before.replace("        - Name: mine\n          Path: /x/\n", ""),
    ]
    attachments = principal(load(head + before), "App").attachments
    edited = [
        apply_edits((head + before).encode(), attachments[i].removal.edits).decode() for i in (0, 2)
    ]
    assert edited == [head + part for part in left]


def test_nothing_is_removed_from_a_file_that_a_template_includes():
    include = "{Name: AWS::Include, Parameters: {Location: more.yaml}}"
    text = f"Resources:\n  App:\n    Type: AWS::IAM::User\n    Properties:\n      Fn::Transform: {include}\n"
    more = f"ManagedPolicyArns:\n  - {ADMIN}\n  - {READ}\n"
    tree = MemoryTree({"stack.yaml": text.encode(), "more.yaml": more.encode()})
    project = cloudformation.load(Root("cloudformation", "stack.yaml"), tree, Config())
    found = [(a.span.path, a.removal) for a in principal(project, "App").attachments]
    assert found == [("more.yaml", None), ("more.yaml", None)]
