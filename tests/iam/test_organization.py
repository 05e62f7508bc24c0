"""SCPs of a configuration only take away, and one that is not understood binds nobody."""

import json

from leastwise.iam.organization import ControlPolicies, control_policies
from leastwise.source.tree import MemoryTree


def read(*documents: object) -> ControlPolicies:
    files = {f"{number}.json": json.dumps(d).encode() for number, d in enumerate(documents)}
    return control_policies(tuple(files), MemoryTree(files))


def policy(effect: str, action: str) -> object:
    statement = {"Effect": effect, "Action": action, "Resource": "*"}
    return {"Version": "2012-10-17", "Statement": [statement]}


def names(found: ControlPolicies) -> list[list[str]]:
    return [[policy.address for policy in level] for level in found.levels]


def test_files_that_only_deny_stand_beside_full_access() -> None:
    found = read(policy("Deny", "iam:*"), policy("Deny", "s3:*"))
    assert names(found) == [["0.json", "1.json", "FullAWSAccess"]]


def test_a_file_that_allows_stands_for_its_level() -> None:
    assert names(read(policy("Deny", "iam:*"), policy("Allow", "s3:*"))) == [["0.json", "1.json"]]


def test_without_files_no_organization_is_in_view() -> None:
    assert read() == ControlPolicies((), ())


def test_a_file_that_is_not_understood_binds_nobody() -> None:
    found = read({"Statement": [{"Effect": "Perhaps"}]})
    assert names(found) == []
    assert {d.span.path for d in found.diagnostics} == {"0.json"}


def test_a_file_that_is_missing_binds_nobody() -> None:
    found = control_policies(("no.json",), MemoryTree({}))
    assert (found.levels, [d.code for d in found.diagnostics]) == ((), ["not-found"])
