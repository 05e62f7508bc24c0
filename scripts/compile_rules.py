"""Compile rules/ to src/leastwise/data/rules.json; run it after every edit of a rule.

The schema goes beside it, for rules of teams.
"""

import json
import sys
from pathlib import Path

from leastwise.rules.compile import compile_rules

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "src" / "leastwise" / "data" / "rules.json"
SCHEMA = TARGET.with_name("rule.schema.json")


def compiled() -> str:
    """Return the compiled rules of the work tree; faults end the program with status 1."""
    folder = ROOT / "rules"
    schema = json.loads((folder / "rule.schema.json").read_text(encoding="utf-8"))
    files = {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.glob("*/*.yaml")}
    date = (folder / "DATE").read_text(encoding="ascii").strip()
    result = compile_rules(files, schema, date)
    if isinstance(result, str):
        return result
    for fault in result:
        print(f"rules/{fault.path}:{fault.line or 1}: {fault.message}", file=sys.stderr)
    sys.exit(1)


if __name__ == "__main__":
    TARGET.write_text(compiled(), encoding="utf-8", newline="\n")
    SCHEMA.write_bytes((ROOT / "rules" / "rule.schema.json").read_bytes())
    print(f"wrote {TARGET.relative_to(ROOT)}")
