import json

import pytest

from leastwise.config.model import Config
from leastwise.frontends.iam_json import load, roots
from leastwise.frontends.iam_json.reading.unasked import Unasked
from leastwise.source.diagnostic import Diagnostic
from leastwise.source.json_file import read_json
from leastwise.source.tree import MemoryTree

ARN = "arn:aws:iam::111122223333:policy/p"


def project_of(data):
    tree = MemoryTree({"x.json": data.encode()})
    (root,) = roots(tree, ("x.json",))
    return load(root, tree, Config())


def version(name, action, *, default):
    statement = {"Effect": "Allow", "Action": action, "Resource": "é"}
    document = {"Version": "2012-10-17", "Statement": [statement]}
    return {"Document": document, "VersionId": name, "IsDefaultVersion": default}


def dump(*versions, **more):
    policy = {"Arn": ARN, "PolicyVersionList": versions, **more}
    return json.dumps({"RoleDetailList": [], "Policies": [policy]}, ensure_ascii=False)


@pytest.mark.parametrize("default", range(5))
def test_the_version_in_force_is_read_with_its_places(default):
    versions = [version(f"v{n}", f"s{n}:*", default=n == default) for n in range(5)]
    text = dump(*versions, CreateDate="ünder", PolicyId="x")
    (policy,) = project_of(text).policies
    (statement,) = policy.document.statements
    assert policy.attribute == f"PolicyVersionList[{default}].Document"
    (glob,) = statement.actions.globs
    assert glob.literal == f"s{default}:*"
    span = glob.origin.span
    assert text.encode()[span.start : span.end].decode() == f'"s{default}:*"'


def test_what_only_the_name_of_the_version_tells_is_read():
    versions = [version("v1", "s1:*", default=None), version("v2", "s2:*", default=None)]
    (policy,) = project_of(dump(*versions, DefaultVersionId="v2")).policies
    assert policy.document.statements[0].actions.globs[0].literal == "s2:*"


@pytest.mark.parametrize(
    ("second", "named"), [(True, "v1"), (False, "v2")], ids=["two marks", "another name"]
)
def test_versions_that_contradict_each_other_leave_the_document_unknown(second, named):
    versions = [version("v1", "s1:*", default=True), version("v2", "s2:*", default=second)]
    project = project_of(dump(*versions, DefaultVersionId=named))
    (policy,) = project.policies
    assert policy.document.opaque is not None
    (problem,) = project.diagnostics
    assert (problem.severity, problem.code) == ("error", "invalid-dump")
    assert "several versions" in problem.message


@pytest.mark.parametrize(
    ("part", "code"),
    [
        ('"CreateDate": NaN', "json-syntax"),
        ('"CreateDate": {"a": 1, "a": 2}', "duplicate-key"),
        ('"CreateDate": "\\ud800"', None),
        (f'"InstanceProfileList": {"[" * 100_000}', "too-deep"),
        ('"RoleLastUsed": {"a": [}', "json-syntax"),
        (
            '"PolicyVersionList": [{"IsDefaultVersion": true, "IsDefaultVersion": false}]',
            "duplicate-key",
        ),
        ('"PolicyVersionList": [{"IsDefaultVersion": false]', "json-syntax"),
    ],
)
def test_what_is_left_out_must_be_json_all_the_same(part, code):
    data = f'{{"Policies": [{{"Arn": "{ARN}", {part}}}]}}'.encode()
    read = read_json("x.json", data, Unasked().end)
    assert (read.code if isinstance(read, Diagnostic) else None) == code


def test_documents_with_the_same_keys_are_read_whole():
    trust = {"CreateDate": {}, "PolicyVersionList": [{"IsDefaultVersion": False}]}
    role = {"RoleName": "x", "Arn": "a", "AssumeRolePolicyDocument": trust}
    data = json.dumps({"RoleDetailList": [role]}).encode()
    assert read_json("x.json", data, Unasked().end) == read_json("x.json", data)
