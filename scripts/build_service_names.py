"""Build ``service_names.csv``: names of services that are no prefixes of actions, with the prefix.

Needs the ``data`` extra and no network: ``python scripts/build_service_names.py``. The source is
the package ``botocore``: its names are those of the AWS CLI and SDKs (``stepfunctions``), and the
name that requests are signed with is the prefix of actions (``states``). Names that are prefixes
themselves are left out, and so are those whose prefix the action index does not have.
"""

import argparse
import csv
import gzip
import json
from importlib import resources
from pathlib import Path

DATA = Path(__file__).resolve().parent.parent / "src" / "leastwise" / "data"


def prefixes() -> set[str]:
    """Read the prefixes of the action index."""
    lines = (DATA / "actions.txt").read_text(encoding="ascii").splitlines()
    return {line.partition(":")[0].lower() for line in lines if not line.startswith("#")}


def signing_names() -> dict[str, str]:
    """Map botocore's names of services to the names that requests are signed with."""
    found = {}
    root = Path(str(resources.files("botocore"))) / "data"
    for folder in sorted(path for path in root.iterdir() if path.is_dir()):
        newest = max(folder.iterdir()) / "service-2.json.gz"
        if newest.is_file():
            metadata = json.loads(gzip.decompress(newest.read_bytes()))["metadata"]
            found[folder.name] = metadata.get("signingName") or metadata["endpointPrefix"]
    return found


def main() -> None:
    """Build the file into the package, or into the folder of ``--output``."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--output", type=Path, default=DATA, help="folder to write to")
    output: Path = parser.parse_args().output

    known = prefixes()
    rows = [
        (name, prefix)
        for name, prefix in sorted(signing_names().items())
        if name not in known and prefix.lower() in known
    ]
    with (output / "service_names.csv").open("w", encoding="ascii", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerows([("name", "prefix"), *rows])
    print(f"{len(rows)} names")


if __name__ == "__main__":
    main()
