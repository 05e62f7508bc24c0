"""Run leastwise, checkov and cloudsplaining on five accounts for each published path.

``python benchmarks/paths_against_peers.py --checkov PATH --cloudsplaining PATH`` with the paths of
installed programs (each in an environment of its own). The accounts are those of
``tests/graph/variants.py``: each core path of the catalogue once with all of its calls allowed on
``*``, once on exact ARNs, once under conditions that always hold, and twice blocked, by a Deny and
by the path's own condition (or a permissions boundary). The first three should be found, the last
two not.

Each program gets the same accounts in the form that it reads, and one process for all of them.
leastwise and checkov read one folder of Terraform for each account, under account numbers that
differ. cloudsplaining reads the policies of the principals in question, which stand in one
account dump; what is around them it does not look at.

Found is
- for leastwise: a warning or error about the principal, or its policy, of the group ``escalation``
  or ``wildcard/admin`` that names the path; any such finding counts against silence;
- for checkov: its check for privilege escalation (CKV_AWS_286 or CKV_AWS_110) fails for the policy,
  for whatever path;
- for cloudsplaining: the policy's list of privilege escalations is not empty, for whatever path.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from against_checkov import locate, version
from tests.graph.variant_text import dump, policy_entry, terraform
from tests.graph.variants import ACCOUNT, FOUND, VARIANTS, accounts

from leastwise.graph.catalogue import paths

ESCALATION = ("CKV_AWS_286", "CKV_AWS_110")
UPWARDS = ("escalation/", "wildcard/admin")


class Case(NamedTuple):
    """Hold one account: a name that is a folder too, its path, what it asks for, its texts."""

    name: str
    path: str
    variant: str
    text: str
    statements: tuple[dict[str, Any], ...]
    is_dump: bool


class Ran(NamedTuple):
    """Hold what a program has found, by the name of the account, and its seconds."""

    found: dict[str, bool]
    loud: dict[str, bool]
    seconds: float


def cases() -> list[Case]:
    """Return all accounts, each under a number of its own."""
    made = []
    for n, account in enumerate(accounts(paths())):
        text = terraform(account).replace(ACCOUNT, f"{200_000_000_000 + n}")
        path, variant = account.path.id, account.variant
        is_dump = dump(account) is not None
        made.append(Case(f"v{n:04d}", path, variant, text, account.caller.statements, is_dump))
    return made


def run(command: list[str], folder: Path) -> tuple[str, float]:
    """Run a program; it may exit with 1 (findings). Return what it prints and its seconds."""
    start = time.perf_counter()
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - start
    if done.returncode not in (0, 1):
        raise SystemExit(f"{' '.join(command)}: exit {done.returncode}\n{done.stderr}")
    return done.stdout, seconds


def write_trees(folder: Path, some: Iterable[Case]) -> None:
    """Write one folder of Terraform for each account."""
    for case in some:
        place = folder / "accounts" / case.name
        place.mkdir(parents=True)
        (place / "main.tf").write_text(case.text, encoding="utf-8")


def write_dump(folder: Path, some: Iterable[Case]) -> None:
    """Write one account dump in which the policy of each account is attached to a user."""
    entries: dict[str, list[dict[str, Any]]] = {
        "UserDetailList": [],
        "GroupDetailList": [],
        "RoleDetailList": [],
        "Policies": [],
    }
    for case in some:
        entry = policy_entry(case.name, case.statements)
        held = [{"PolicyName": case.name, "PolicyArn": entry["Arn"]}]
        entries["Policies"].append(entry | {"CreateDate": "2026-01-01T00:00:00Z"})
        entries["UserDetailList"].append(
            {
                "UserName": case.name,
                "UserId": f"AIDA{case.name.upper()}",
                "Arn": f"arn:aws:iam::{ACCOUNT}:user/{case.name}",
                "Path": "/",
                "CreateDate": "2026-01-01T00:00:00Z",
                "GroupList": [],
                "UserPolicyList": [],
                "AttachedManagedPolicies": held,
                "Tags": [],
            }
        )
    (folder / "account.json").write_text(json.dumps(entries), encoding="utf-8")


def run_leastwise(program: str, folder: Path, some: list[Case]) -> Ran:
    """Run leastwise on all folders; it names the path that it speaks of."""
    command = [program, "check", "--format", "json", "--exit-zero", "accounts"]
    output, seconds = run(command, folder)
    report = json.loads(output)
    ids: dict[str, set[str]] = {case.name: set() for case in some}
    loud = dict.fromkeys(ids, False)
    for finding in report["findings"]:
        about = finding["subject"]["address"].rpartition(".")[2] == "caller"
        if not about or finding["level"] == "note" or not finding["rule"].startswith(UPWARDS):
            continue
        for root in finding["roots"]:
            name = root.rpartition("/")[2]
            ids[name] |= {finding["path_id"], *(also["path_id"] for also in finding["also"])}
            loud[name] = True
    return Ran({case.name: case.path in ids[case.name] for case in some}, loud, seconds)


def run_checkov(program: str, folder: Path, some: list[Case]) -> Ran:
    """Run checkov on all folders, with its Terraform checks alone."""
    command = [program, "-d", "accounts", "--framework", "terraform", "--skip-download"]
    output, seconds = run([*command, "--quiet", "--compact", "-o", "json"], folder)
    found = dict.fromkeys((case.name for case in some), False)
    for check in json.loads(output)["results"]["failed_checks"]:
        about = check["resource"].rpartition(".")[2].partition("[")[0] == "caller"
        if about and check["check_id"] in ESCALATION:
            found[check["file_path"].strip("/").split("/")[-2]] = True
    return Ran(found, found, seconds)


def run_cloudsplaining(program: str, folder: Path, some: list[Case]) -> Ran:
    """Run cloudsplaining on the dump; its results stand in a file beside its report."""
    command = [program, "scan", "--input-file", "account.json", "--output", "."]
    _, seconds = run([*command, "--skip-open-report"], folder)
    (place,) = folder.glob("iam-results-*.json")
    policies = json.loads(place.read_text(encoding="utf-8"))["customer_managed_policies"]
    by_name = {policy["PolicyName"]: policy for policy in policies.values()}
    found = {}
    for case in some:
        escalations = by_name[case.name]["PrivilegeEscalation"]
        listed = escalations["findings"] if isinstance(escalations, dict) else escalations
        found[case.name] = bool(listed)
    return Ran(found, found, seconds)


def print_table(name: str, ran: Ran, some: list[Case]) -> None:
    """Print what a program does on each variant, and how much of it is right."""
    columns, right = [], 0
    for variant in VARIANTS:
        wanted = [case for case in some if case.variant == variant]
        heard = ran.found if variant in FOUND else ran.loud
        count = sum(heard[case.name] for case in wanted)
        right += count if variant in FOUND else len(wanted) - count
        columns.append(f"{count:>4} of {len(wanted)}")
    print(f"{name:24} {' '.join(columns)}  {right:>4} of {len(some)} {ran.seconds:8.1f} s")


def main() -> None:
    """Run all that was named, and print one row for each."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--leastwise", default="leastwise", help="the leastwise to run")
    parser.add_argument("--checkov", default="checkov", help="the checkov to run")
    parser.add_argument("--cloudsplaining", default="cloudsplaining", help="the one to run")
    parser.add_argument("--misses", action="store_true", help="list where leastwise is wrong")
    options = parser.parse_args()
    runs: dict[str, Callable[[str, Path, list[Case]], Ran]] = {
        "leastwise": run_leastwise,
        "checkov": run_checkov,
        "cloudsplaining": run_cloudsplaining,
    }
    some = cases()
    head = " ".join(f"{variant:>11}" for variant in VARIANTS)
    print(f"{'told of as a way up':24} {head}  {'right':>11} {'time':>10}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_trees(folder, some)
        write_dump(folder, some)
        for tool, judge in runs.items():
            program = locate(getattr(options, tool))
            ran = judge(program, folder, some)
            print_table(f"{tool} {version(program)}", ran, some)
            if tool == "leastwise" and options.misses:
                for case in some:
                    heard = ran.found if case.variant in FOUND else ran.loud
                    if heard[case.name] != (case.variant in FOUND):
                        print(f"  {case.path} {case.variant}")


if __name__ == "__main__":
    main()
