"""Write an SQLite file whose bytes depend on its rows alone."""

import sqlite3
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

# Offsets in the 100 byte header, https://www.sqlite.org/fileformat.html#the_database_header
_CHANGE_COUNTERS = (24, 92)
_LIBRARY_VERSION = 96


def write_database(
    path: Path,
    schema: str,
    tables: Mapping[str, Iterable[Sequence[object]]],
    *,
    schema_version: int,
) -> None:
    """Write ``tables`` (name to rows) to ``path``, replacing it.

    Rows are sorted, so their order does not matter; ``schema_version`` becomes
    ``PRAGMA user_version``. The bytes are the same whichever SQLite library writes them, as far
    as the library's file layout is.
    """
    with tempfile.TemporaryDirectory() as folder:
        draft = Path(folder) / path.name
        connection = sqlite3.connect(draft, isolation_level=None)
        try:
            connection.execute("PRAGMA page_size = 4096")
            connection.execute("PRAGMA encoding = 'UTF-8'")
            connection.execute(f"PRAGMA user_version = {schema_version}")
            connection.executescript(schema)
            connection.execute("BEGIN")
            for table, rows in tables.items():
                _insert(connection, table, rows)
            connection.execute("COMMIT")
            connection.execute("VACUUM")
        finally:
            connection.close()
        path.write_bytes(_with_fixed_header(draft.read_bytes()))


def _insert(connection: sqlite3.Connection, table: str, rows: Iterable[Sequence[object]]) -> None:
    ordered = sorted({tuple(row) for row in rows})
    if not ordered:
        raise ValueError(f"no rows for table {table!r}")
    marks = ", ".join("?" * len(ordered[0]))
    connection.executemany(f"INSERT INTO {table} VALUES ({marks})", ordered)  # noqa: S608 -- ours


def _with_fixed_header(content: bytes) -> bytes:
    """Drop what differs between runs: the change counters and the writing library's version."""
    header = bytearray(content[:100])
    for offset in _CHANGE_COUNTERS:
        header[offset : offset + 4] = (1).to_bytes(4, "big")
    header[_LIBRARY_VERSION : _LIBRARY_VERSION + 4] = bytes(4)
    return bytes(header) + content[100:]
