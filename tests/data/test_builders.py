"""The builders in ``scripts/``, as far as they run without the packages they read."""

import importlib.util
import sqlite3
import tomllib
from contextlib import closing
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
SCRIPTS = ROOT / "scripts"
ACTIONS = ROOT / "src" / "leastwise" / "data" / "actions.sqlite"

OVERRIDES = [
    (action, override)
    for override in tomllib.loads((SCRIPTS / "action_overrides.toml").read_text(encoding="utf-8"))[
        "override"
    ]
    for action in override["actions"]
]


@pytest.fixture(scope="module")
def write_database():
    source = SCRIPTS / "deterministic_sqlite.py"
    spec = importlib.util.spec_from_file_location("deterministic_sqlite", source)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.write_database


def test_order_of_rows_does_not_change_the_bytes(tmp_path, write_database):
    schema = "CREATE TABLE t (a TEXT PRIMARY KEY, b INTEGER)"
    rows = [("x", 1), ("y", 2), ("z", 3)]
    write_database(tmp_path / "one", schema, {"t": rows}, schema_version=7)
    write_database(tmp_path / "two", schema, {"t": reversed(rows)}, schema_version=7)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    with closing(sqlite3.connect(tmp_path / "one")) as connection:
        assert connection.execute("SELECT * FROM t").fetchall() == rows
        assert connection.execute("PRAGMA user_version").fetchone() == (7,)
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_an_empty_table_stops_the_build(tmp_path, write_database):
    with pytest.raises(ValueError, match="no rows for table 't'"):
        write_database(tmp_path / "one", "CREATE TABLE t (a)", {"t": []}, schema_version=1)
    assert not (tmp_path / "one").exists()


@pytest.mark.parametrize(("action", "override"), OVERRIDES, ids=[name for name, _ in OVERRIDES])
def test_committed_index_has_the_override(action, override):
    with closing(sqlite3.connect(f"{ACTIONS.as_uri()}?mode=ro&immutable=1", uri=True)) as index:
        row = index.execute(
            "SELECT service || ':' || name, access_level FROM actions WHERE service=? AND name=?",
            action.split(":"),
        ).fetchone()
    assert row == (action, override["access_level"])


def test_every_override_is_argued():
    for action, override in OVERRIDES:
        assert len(override["reason"]) > 40, action
        assert override["source"].startswith("https://docs.aws.amazon.com/"), action


def test_no_action_is_overridden_twice():
    names = [action for action, _ in OVERRIDES]
    assert len(names) == len(set(names))
