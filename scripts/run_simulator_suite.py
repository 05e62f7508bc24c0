"""Run the core cases of an independent IAM simulator through ``decide`` and list differences.

``python scripts/run_simulator_suite.py CLONE``, where CLONE is a clone of
https://github.com/cloud-copilot/iam-simulate (AGPL-3.0: run beside this project; none of it is
part of it). Its cases lie in ``src/core_engine/coreEngineTests``; those that simulate a request
("Strict", the default) are run, those that ask for conditions ("Discovery") are not.

Exit status: 0 when every difference has an explanation, else 1.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from leastwise.api.questions.cases import Refused, answer

CASES = Path("src", "core_engine", "coreEngineTests")
FIELDS = (
    *("identityPolicies", "permissionBoundaries", "sessionPolicy", "serviceControlPolicies"),
    *("resourceControlPolicies", "resourcePolicy", "endpointPolicies", "request"),
)
GUIDE = "https://docs.aws.amazon.com/IAM/latest/UserGuide/"
EXPLAINED = {
    "sessionPolicies.json": (
        "a grant to the ARN of a role session is not limited by an implicit deny of its session "
        f"policy ({GUIDE}reference_policies_evaluation-logic.html, IAM role session)"
    ),
    "boundaryNotPrincipalDenyResource.json": (
        "NotPrincipal with Deny that does not list the account may deny the whole account "
        f"({GUIDE}reference_policies_elements_notprincipal.html): not decided, counted against"
    ),
    "resourceWildcards/requestWildcards.json": (
        "an action without resource types is granted by Resource * only "
        "(https://docs.aws.amazon.com/service-authorization/latest/reference/"
        "reference_policies_actions-resources-contextkeys.html)"
    ),
}


class Outcome(NamedTuple):
    """Hold how one case came out; ``why`` explains a difference."""

    where: str
    told: str
    why: str
    agrees: bool


def main() -> int:
    """Run all cases, print the share that agrees and each difference."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("clone", type=Path, help="folder of the clone")
    folder = parser.parse_args().clone / CASES
    outcomes = [run(case, where) for where, case in cases(folder)]
    differing = [outcome for outcome in outcomes if not outcome.agrees]
    for outcome in differing:
        print(f"{outcome.where}: {outcome.told}: {outcome.why or 'NOT EXPLAINED'}")
    agreeing = len(outcomes) - len(differing)
    print(f"{agreeing} of {len(outcomes)} cases agree ({agreeing / max(len(outcomes), 1):.2%})")
    return 0 if outcomes and all(o.why for o in differing) else 1


def cases(folder: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the cases that simulate a request, with file and name."""
    for path in sorted(folder.rglob("*.json")):
        for case in json.loads(path.read_text(encoding="utf-8")):
            if case.get("simulation", {}).get("mode", "Strict") == "Strict":
                yield f"{path.relative_to(folder).as_posix()}: {case['name']}", case


def run(case: dict[str, Any], where: str) -> Outcome:
    """Decide one case, as ``leastwise can --cases`` does, and compare."""
    fields = {name: value for name, value in case.items() if name in FIELDS}
    if not isinstance(case["request"]["principal"], str):
        fields["request"] = {**case["request"], "principal": "anonymous"}
    reply = answer(json.dumps(fields).encode(), 0)
    found = reply.error if isinstance(reply, Refused) else reply.result
    expected = case["expected"]["response"]
    why = EXPLAINED.get(where.partition(": ")[0], "")
    return Outcome(where, f"{found} here, {expected} there", why, agrees=found == expected)


if __name__ == "__main__":
    sys.exit(main())
