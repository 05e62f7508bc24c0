"""Compile rules/ to src/leastwise/data/rules.json; run it after every edit of a rule.

The schema goes beside it, for rules of teams.
"""

import json
import sys
from pathlib import Path

from leastwise.rules.compile import compile_rules
from leastwise.rules.python import PYTHON_RULES

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


def without_python_part(text: str) -> list[str]:
    """Name the rules that are to be decided in Python and that no package lists."""
    listed = {name for name, _ in PYTHON_RULES}
    rules = json.loads(text)["rules"]
    return [rule["id"] for rule in rules if "decide" in rule and rule["id"] not in listed]


def left_out(text: str, names: list[str]) -> str:
    """Return the compiled rules without some of them."""
    content = json.loads(text)
    content["rules"] = [rule for rule in content["rules"] if rule["id"] not in names]
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    text = compiled()
    missing = without_python_part(text)
    TARGET.write_text(left_out(text, missing), encoding="utf-8", newline="\n")
    SCHEMA.write_bytes((ROOT / "rules" / "rule.schema.json").read_bytes())
    print(f"wrote {TARGET.relative_to(ROOT)}")
    if missing:
        sys.exit(f"left out, for want of their Python part: {', '.join(missing)}")
