"""The bundled data is what the builders in ``scripts/`` say it is."""

import datetime as dt
import json
import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import closing
from importlib import resources

import pytest

DATA = resources.files("leastwise") / "data"


def _open(name: str) -> Iterator[sqlite3.Connection]:
    with (
        resources.as_file(DATA / name) as path,
        closing(sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)) as connection,
    ):
        yield connection


@pytest.fixture(scope="module")
def actions() -> Iterator[sqlite3.Connection]:
    yield from _open("actions.sqlite")


@pytest.fixture(scope="module")
def managed() -> Iterator[sqlite3.Connection]:
    yield from _open("managed_policies.sqlite")


def _tables(connection: sqlite3.Connection) -> dict[str, list[str]]:
    names = [row[0] for row in connection.execute("SELECT name FROM sqlite_schema ORDER BY name")]
    return {
        name: [column[1] for column in connection.execute(f"PRAGMA table_info({name})")]
        for name in names
        if not name.startswith("sqlite_")
    }


def test_action_index_has_the_tables_that_the_program_reads(actions):
    assert _tables(actions) == {
        "action_conditions": ["service", "action", "key"],
        "action_resources": ["service", "action", "resource_type", "required"],
        "actions": ["service", "name", "access_level"],
        "condition_keys": ["service", "key", "type"],
        "dependent_actions": ["service", "action", "dependent"],
        "meta": ["key", "value"],
        "resource_conditions": ["service", "resource_type", "key"],
        "resource_types": ["service", "name", "arn_format"],
        "services": ["prefix", "name"],
    }
    assert actions.execute("PRAGMA user_version").fetchone() == (1,)


def test_managed_policies_have_the_tables_that_the_program_reads(managed):
    assert _tables(managed) == {
        "meta": ["key", "value"],
        "policies": ["path", "version", "document"],
    }
    assert managed.execute("PRAGMA user_version").fetchone() == (1,)


@pytest.mark.parametrize("name", ["actions.sqlite", "managed_policies.sqlite"])
def test_a_database_says_how_old_it_is(name):
    for connection in _open(name):
        meta = dict(connection.execute("SELECT key, value FROM meta"))
        assert dt.date.fromisoformat(meta["data_date"]) >= dt.date(2026, 9, 30)
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_access_levels_are_the_five_of_aws(actions):
    levels = dict(actions.execute("SELECT access_level, count(*) FROM actions GROUP BY 1"))
    assert levels.keys() == {"List", "Read", "Write", "Permissions management", "Tagging"}
    assert sum(levels.values()) >= 22_000


@pytest.mark.parametrize(
    ("service", "action", "level"),
    [
        ("s3", "GetObject", "Read"),
        ("s3", "ListBucket", "List"),
        ("s3", "PutBucketPolicy", "Permissions management"),
        ("ec2", "CreateTags", "Tagging"),
        ("ec2", "RunInstances", "Write"),
        ("kms", "CreateGrant", "Permissions management"),
        ("lambda", "AddPermission", "Permissions management"),
        # Ours: scripts/action_overrides.toml argues each.
        ("iam", "PassRole", "Permissions management"),
        ("iam", "CreateAccessKey", "Permissions management"),
        ("sso", "CreateAccountAssignment", "Permissions management"),
        ("sts", "AssumeRole", "Write"),
    ],
)
def test_access_level_of_a_known_action(actions, service, action, level):
    query = "SELECT access_level FROM actions WHERE service = ? AND name = ?"
    assert actions.execute(query, (service, action)).fetchall() == [(level,)]


def test_lookup_ignores_case_and_answers_in_the_spelling_of_aws(actions):
    query = "SELECT service, name FROM actions WHERE service = 'IAM' AND name = 'passROLE'"
    assert actions.execute(query).fetchall() == [("iam", "PassRole")]


def test_service_prefixes_are_lower_case(actions):
    prefixes = [row[0] for row in actions.execute("SELECT prefix FROM services")]
    assert prefixes == [prefix.lower() for prefix in prefixes]
    assert len(prefixes) >= 450


def test_get_object_reads_objects_by_their_arn_format(actions):
    query = """
        SELECT r.resource_type, t.arn_format, r.required FROM action_resources AS r
        JOIN resource_types AS t ON t.service = r.service AND t.name = r.resource_type
        WHERE r.service = 's3' AND r.action = 'GetObject' AND r.resource_type = 'object'
    """
    assert actions.execute(query).fetchall() == [
        ("object", "arn:${Partition}:s3:::${BucketName}/${ObjectName}", 0)
    ]


def test_pass_role_has_its_service_condition(actions):
    query = "SELECT key FROM action_conditions WHERE service = 'iam' AND action = 'PassRole'"
    assert actions.execute(query).fetchall() == [
        ("iam:AssociatedResourceArn",),
        ("iam:PassedToService",),
    ]


def test_variable_part_of_a_condition_key_is_spelled_one_way(actions):
    query = "SELECT count(*) FROM {} WHERE key LIKE '%<%'"
    for table in ("action_conditions", "resource_conditions"):
        assert actions.execute(query.format(table)).fetchone() == (0,)


def test_create_function_depends_on_pass_role(actions):
    query = "SELECT dependent FROM dependent_actions WHERE service = ? AND action = ?"
    dependents = actions.execute(query, ("lambda", "createfunction")).fetchall()
    assert ("iam:PassRole",) in dependents


def test_every_resource_type_that_an_action_names_has_an_arn_format(actions):
    query = """
        SELECT r.service, r.resource_type FROM action_resources AS r
        LEFT JOIN resource_types AS t ON t.service = r.service AND t.name = r.resource_type
        WHERE t.arn_format IS NULL
    """
    assert actions.execute(query).fetchall() == []


def test_names_file_holds_the_same_actions_and_date(actions):
    first, *lines = (DATA / "actions.txt").read_text(encoding="ascii").splitlines()
    date = actions.execute("SELECT value FROM meta WHERE key = 'data_date'").fetchone()[0]
    assert first == f"# data_date={date}"
    named = {
        (service, name)
        for service, _, names in (line.partition(":") for line in lines)
        for name in names.split(",")
    }
    assert named == set(actions.execute("SELECT service, name FROM actions"))
    prefixes = [line.partition(":")[0] for line in lines]
    assert prefixes == sorted(prefixes)


@pytest.mark.parametrize(
    ("path", "version"),
    [
        ("AdministratorAccess", "v1"),
        ("job-function/ViewOnlyAccess", None),
        ("service-role/AWSLambdaBasicExecutionRole", None),
        ("aws-service-role/AWSSupportServiceRolePolicy", None),
    ],
)
def test_managed_policy_is_found_by_what_follows_policy_in_its_arn(managed, path, version):
    row = managed.execute("SELECT version FROM policies WHERE path = ?", (path,)).fetchone()
    assert row is not None
    assert version in (None, row[0])


def test_administrator_access_allows_everything(managed):
    query = "SELECT document FROM policies WHERE path = 'AdministratorAccess'"
    document = json.loads(zlib.decompress(managed.execute(query).fetchone()[0]))
    assert document == {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
    }


def test_every_managed_policy_unpacks_to_statements(managed):
    rows = managed.execute("SELECT path, document FROM policies").fetchall()
    assert len(rows) >= 1_500
    for path, document in rows:
        assert json.loads(zlib.decompress(document))["Statement"], path
