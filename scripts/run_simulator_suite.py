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

from leastwise.api.cases import Refused, read_case
from leastwise.semantics.actions import info
from leastwise.semantics.decide import decide

CASES = Path("src", "core_engine", "coreEngineTests")
WORDS = {
    "allowed": "Allowed",
    "implicitly-denied": "ImplicitlyDenied",
    "explicitly-denied": "ExplicitlyDenied",
}
GUIDE = "https://docs.aws.amazon.com/IAM/latest/UserGuide/"
PATTERN = "asks for a pattern of resources; every request of AWS has one resource"
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

    kind: str
    where: str
    why: str = ""
    agrees: bool = False


def main() -> int:
    """Run all cases, print the share that agrees and each difference."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("clone", type=Path, help="folder of the clone")
    folder = parser.parse_args().clone / CASES
    outcomes = [run(case, where) for where, case in cases(folder)]
    for outcome in outcomes:
        if not outcome.agrees:
            print(f"{outcome.kind}: {outcome.where}: {outcome.why}")
    agreeing = sum(o.agrees for o in outcomes)
    print(f"{agreeing} of {len(outcomes)} cases agree ({agreeing / max(len(outcomes), 1):.1%})")
    asked = [o for o in outcomes if o.kind not in ("refused", "pattern")]
    agreeing = sum(o.agrees for o in asked)
    share = agreeing / max(len(asked), 1)
    print(f"{agreeing} of {len(asked)} cases that AWS could be asked agree ({share:.1%})")
    return 0 if asked and all(o.why for o in outcomes if not o.agrees) else 1


def cases(folder: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the cases that simulate a request, with file and name."""
    for path in sorted(folder.rglob("*.json")):
        for case in json.loads(path.read_text(encoding="utf-8")):
            if case.get("simulation", {}).get("mode", "Strict") == "Strict":
                yield f"{path.relative_to(folder).as_posix()}: {case['name']}", case


def run(case: dict[str, Any], where: str) -> Outcome:
    """Decide one case and compare."""
    read = read_case(json.dumps(as_meant(case)).encode(), 0)
    if isinstance(read, Refused):
        return Outcome("refused", where, read.error)
    answer, expected = (
        WORDS[decide(read.request, read.access).outcome],
        case["expected"]["response"],
    )
    told = f"{answer} here, {expected} there"
    if asks_for_pattern(case):
        return Outcome("pattern", where, f"{told}: {PATTERN}", agrees=answer == expected)
    explanation = EXPLAINED.get(where.partition(": ")[0], "")
    why = f"{told}: {explanation}" if explanation else ""
    return Outcome("request", where, why, agrees=answer == expected)


def asks_for_pattern(case: dict[str, Any]) -> bool:
    """Tell whether the resource is a pattern, or ``*`` where the suite takes it as one.

    ``*`` is the resource of an action without resource types; the suite marks such requests.
    """
    request = case["request"]
    resource = request["resource"]["resource"]
    known = info(request["action"])
    has_resources = known is not None and known.supports_resource
    meant = has_resources or "wildcardOnlyAction" in request
    return "*" in resource and not request.get("wildcardOnlyAction") and (resource != "*" or meant)


def as_meant(case: dict[str, Any]) -> dict[str, Any]:
    """Spell a case so that AWS would take its policies, where it is plain what is meant.

    An ARN as Principal gets its type; a Principal in an identity policy, and a field that the
    suite itself does not read, are left out.
    """
    found = {k: v for k, v in case.items() if k != "resourcePolicies"}
    if not isinstance(case["request"]["principal"], str):
        found["request"] = {**case["request"], "principal": "anonymous"}
    found["identityPolicies"] = [
        {**p, "Statement": [{k: v for k, v in s.items() if k != "Principal"} for s in listed(p)]}
        for p in case["identityPolicies"]
    ]
    if case.get("resourcePolicy"):
        statements = [typed(s) for s in listed(case["resourcePolicy"])]
        found["resourcePolicy"] = {**case["resourcePolicy"], "Statement": statements}
    return found


def listed(policy: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the statements as a list."""
    statements = policy["Statement"]
    return statements if isinstance(statements, list) else [statements]


def typed(statement: dict[str, Any]) -> dict[str, Any]:
    """Give an ARN that stands alone as Principal its type."""
    principal = statement.get("Principal")
    if isinstance(principal, str) and principal.startswith("arn:"):
        return {**statement, "Principal": {"AWS": principal}}
    return statement


if __name__ == "__main__":
    sys.exit(main())
