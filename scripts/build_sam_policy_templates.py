"""Build what SAM publishes as data: its policy templates and the profiles of its connectors.

Needs the ``dev`` extra and no network: ``python scripts/build_sam_policy_templates.py``. The
source is the package ``aws-sam-translator``, the published translator of AWS SAM templates. Kept
are names, parameters, statements and where a connector finds ARNs and roles; descriptions are
not. The same version of the package gives the same bytes.
"""

import argparse
import json
from importlib import metadata, resources
from pathlib import Path
from typing import Any

DATA = Path(__file__).resolve().parent.parent / "src" / "leastwise" / "data"
PACKAGE = "aws-sam-translator"


def policy_templates(published: dict[str, Any]) -> dict[str, Any]:
    """Return of each policy template the names of its parameters and its statements."""
    return {
        name: {
            "parameters": sorted(template["Parameters"]),
            "document": template["Definition"],
        }
        for name, template in sorted(published["Templates"].items())
    }


def write(path: Path, source: str, data: dict[str, Any]) -> None:
    """Write compact JSON, one top entry a line, with where it is from."""
    meta = {
        "source": f"{PACKAGE} {metadata.version(PACKAGE)}, {source}",
        "licence": "Apache-2.0",
    }
    entries = [("meta", meta), *data.items()]
    lines = [
        f"{json.dumps(key)}:{json.dumps(value, separators=(',', ':'))}" for key, value in entries
    ]
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf-8")


def main() -> None:
    """Build the files into the package, or into the folder of ``--output``."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--output", type=Path, default=DATA, help="folder to write to")
    output: Path = parser.parse_args().output

    root = resources.files("samtranslator")
    file = "policy_templates_data/policy_templates.json"
    published = json.loads((root / file).read_text("utf-8"))
    templates = policy_templates(published)
    write(output / "sam_policy_templates.json", f"samtranslator/{file}", templates)

    file = "model/connector_profiles/profiles.json"
    published = json.loads((root / file).read_text("utf-8"))
    profiles = {
        "resources": published["CfnResourceProperties"],
        "profiles": {
            source: {
                destination: {"kind": profile["Type"], **profile["Properties"]}
                for destination, profile in destinations.items()
            }
            for source, destinations in published["Permissions"].items()
        },
    }
    write(output / "sam_connectors.json", f"samtranslator/{file}", profiles)


if __name__ == "__main__":
    main()
