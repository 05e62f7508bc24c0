"""Build ``places.json``: the partitions of AWS and the Regions of each.

Needs the ``data`` extra and no network: ``python scripts/build_places.py``. The source is the
package ``botocore`` (``data/partitions.json`` and ``data/endpoints.json``), which AWS publishes;
moto brings it along. The same version of botocore gives the same bytes.
"""

import argparse
import json
from importlib import metadata, resources
from pathlib import Path

DATA = Path(__file__).resolve().parent.parent / "src" / "leastwise" / "data"
GLOBAL = "-global"
"""Ends the names that stand for a partition as a whole, which are no Regions of ARNs."""


def regions() -> dict[str, list[str]]:
    """Read the Regions of every partition, sorted."""
    folder = resources.files("botocore") / "data"
    found: dict[str, set[str]] = {}
    for file, key in (("partitions.json", "id"), ("endpoints.json", "partition")):
        content = json.loads((folder / file).read_text(encoding="utf-8"))
        for partition in content["partitions"]:
            names = (name for name in partition["regions"] if not name.endswith(GLOBAL))
            found.setdefault(partition[key], set()).update(names)
    return {partition: sorted(names) for partition, names in sorted(found.items())}


def main() -> None:
    """Build the file into the package, or into the folder of ``--output``."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--output", type=Path, default=DATA, help="folder to write to")
    output: Path = parser.parse_args().output

    partitions = regions()
    meta = {"source": f"botocore {metadata.version('botocore')}", "licence": "Apache-2.0"}
    text = json.dumps({"meta": meta, "partitions": partitions}, indent=1)
    (output / "places.json").write_text(text + "\n", encoding="ascii", newline="\n")
    print(f"{len(partitions)} partitions, {sum(map(len, partitions.values()))} Regions")


if __name__ == "__main__":
    main()
