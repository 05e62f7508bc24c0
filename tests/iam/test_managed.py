import json
import sqlite3
import zlib
from contextlib import closing

import pytest

from leastwise.iam.managed import is_aws_managed, managed_policy, snapshot_date
from leastwise.iam.policy import Pattern
from leastwise.source.value import Symbol

PARTITION = Symbol("r|partition", "data.aws_partition.partition", environment=True)
NAME = Symbol("r|var.name", "var.name")
DOCUMENT = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "a:*", "Resource": "*"}],
}


@pytest.fixture
def snapshot(tmp_path):
    path = tmp_path / "with space#and?mark.sqlite"
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT)")
        database.execute(
            "CREATE TABLE policies(path TEXT PRIMARY KEY, version TEXT, document BLOB)"
        )
        database.execute("INSERT INTO meta VALUES ('data_date', '2026-01-02')")
        packed = zlib.compress(json.dumps(DOCUMENT).encode())
        database.execute("INSERT INTO policies VALUES ('service-role/A', 'v1', ?)", (packed,))
    return path


@pytest.mark.parametrize(
    "pieces",
    [
        ("arn:aws:iam::aws:policy/service-role/A",),
        ("arn:aws-cn:iam::aws:policy/service-role/A",),
        ("arn:aws-us-gov:iam::aws:policy/service-role/A",),
        ("arn:", PARTITION, ":iam::aws:policy/service-role/A"),
    ],
)
def test_policies_are_found_in_every_partition(snapshot, pieces):
    policy = managed_policy(Pattern(pieces), snapshot=snapshot)
    assert policy is not None
    assert [s.actions.globs[0].literal for s in policy.document.statements] == ["a:*"]
    assert (policy.aws_managed, policy.consumption, policy.resolution) == (
        True,
        "ignored",
        "concrete",
    )
    assert policy.span is None
    assert policy.document.span is None


@pytest.mark.parametrize(
    ("pieces", "form"),
    [
        (("arn:aws:iam::aws:policy/None",), True),
        (("arn:aws:iam::aws:policy/", NAME), True),
        (("arn:aws:iam::111122223333:policy/service-role/A",), False),
        (("arn:aws:iam::", NAME, ":policy/service-role/A"), False),
        (("arn:aws:iam::aws:role/service-role/A",), False),
        (("arn:aws:sts::aws:policy/service-role/A",), False),
        (("arn:other:iam::aws:policy/service-role/A",), False),
        (("x", PARTITION, ":iam::aws:policy/service-role/A"), False),
        ((NAME,), False),
        ((), False),
        (("policy/service-role/A",), False),
    ],
)
def test_what_is_not_on_record_is_none(snapshot, pieces, form):
    assert is_aws_managed(Pattern(pieces)) is form
    assert managed_policy(Pattern(pieces), snapshot=snapshot) is None


def test_documents_are_interned(snapshot):
    arns = ["arn:aws:iam::aws:policy/service-role/A", "arn:aws-cn:iam::aws:policy/service-role/A"]
    found = [managed_policy(Pattern((arn,)), snapshot=snapshot) for arn in arns]
    assert found[0] is not None
    assert found[1] is not None
    assert found[0].document is found[1].document


def test_the_date_is_that_of_the_snapshot(snapshot):
    assert snapshot_date(snapshot) == "2026-01-02"


def test_without_a_snapshot_nothing_is_on_record(tmp_path):
    missing = tmp_path / "none.sqlite"
    arn = Pattern(("arn:aws:iam::aws:policy/AdministratorAccess",))
    assert managed_policy(arn, snapshot=missing) is None
    assert snapshot_date(missing) is None
    assert not missing.exists()


def test_the_bundled_snapshot_knows_administrator_access():
    policy = managed_policy(Pattern(("arn:aws:iam::aws:policy/AdministratorAccess",)))
    assert policy is not None
    (statement,) = policy.document.statements
    assert statement.effect == "Allow"
    assert statement.actions.globs == (Pattern(("*",)),)
