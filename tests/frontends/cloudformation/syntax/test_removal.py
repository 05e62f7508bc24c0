"""Deleting an item of ManagedPolicyArns, byte by byte."""

import pytest

from leastwise.config.model import Config
from leastwise.frontends import cloudformation
from leastwise.iam.project import Root
from leastwise.source.edit import apply_edits
from leastwise.source.tree import MemoryTree


def load(text, path="stack.yaml"):
    data = text if isinstance(text, bytes) else text.encode()
    return cloudformation.load(Root("cloudformation", path), MemoryTree({path: data}), Config())


def principal(project, address):
    (found,) = [p for p in project.principals if p.address == address]
    return found


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
        f"      ManagedPolicyArns: !If [C, [{ADMIN}], [{READ}]]\n",
        f"      ManagedPolicyArns:\n        - !If [C, {ADMIN}, {READ}]\n        - {READ}\n",
        f"      UserName: &x a\n      ManagedPolicyArns: [{ADMIN}]\n      Path: *x\n",
    ],
)
def test_there_is_no_removal_where_an_edit_could_do_more(properties):
    head = "Conditions: {C: !Equals [!Ref AWS::Region, x]}\n" + HEAD
    assert removals(head + properties) == [None]
