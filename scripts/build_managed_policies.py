"""Build ``managed_policies.sqlite``, the documents of all AWS managed policies.

Needs the ``data`` extra and no network: ``python scripts/build_managed_policies.py``. The source
is the copy of the policies that the package ``moto`` carries; the data date is the newest
``UpdateDate`` in it, the last moment that the copy is known to reflect (moto's own release is
later, but says nothing about when its copy was taken). The same version of moto gives the same
bytes, for one version of zlib.
"""

import argparse
import json
import zlib
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

from moto.iam.aws_managed_policies import aws_managed_policies_data

from deterministic_sqlite import write_database

SCHEMA_VERSION = 1
DATA = Path(__file__).resolve().parent.parent / "src" / "leastwise" / "data"

SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE policies (path TEXT PRIMARY KEY, version TEXT NOT NULL, document BLOB NOT NULL)
"""


def pack(document: Mapping[str, Any]) -> bytes:
    """Compress a document: compact JSON, keys in the source's order, zlib level 9."""
    text = json.dumps(document, separators=(",", ":"), ensure_ascii=False)
    return zlib.compress(text.encode(), 9)


def main() -> None:
    """Build the file into the package, or into the folder of ``--output``."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--output", type=Path, default=DATA, help="folder to write to")
    output: Path = parser.parse_args().output

    policies = json.loads(aws_managed_policies_data)
    rows = [
        # The ARN is arn:PARTITION:iam::aws:policy/ followed by this.
        (
            policy["Path"].removeprefix("/") + name,
            policy["DefaultVersionId"],
            pack(policy["Document"]),
        )
        for name, policy in policies.items()
    ]
    meta = {
        "data_date": max(policy["UpdateDate"] for policy in policies.values())[:10],
        "source": f"moto {metadata.version('moto')}, moto/iam/aws_managed_policies.py",
        "licence": "Apache-2.0",
    }
    write_database(
        output / "managed_policies.sqlite",
        SCHEMA,
        {"meta": meta.items(), "policies": rows},
        schema_version=SCHEMA_VERSION,
    )
    print(f"{len(rows)} policies, newest change {meta['data_date']}")


if __name__ == "__main__":
    main()
