"""Count in how many of our encodings of one policy each tool sees that it allows everything.

``python benchmarks/encodings.py --checkov PATH`` runs leastwise and checkov on every folder of
``tests/data/encodings`` (Terraform) and ``tests/data/template_encodings`` (CloudFormation, SAM,
CDK, Serverless Framework, account dumps): one role, one policy that allows every action on every
resource, written in many ways. leastwise sees it when ``wildcard/admin`` is found, checkov when one
of its checks for full administrators fails (CKV_AWS_62 and CKV_AWS_63 for resources, CKV_AWS_1 and
CKV_AWS_49 for the data source, CKV_AWS_274 for AdministratorAccess; that the document is held by a
role it does not say).
"""

import argparse
import json
import subprocess
import tempfile
from pathlib import Path
from shutil import copytree

from against_checkov import locate, version

DATA = Path(__file__).parents[1] / "tests" / "data"
FOLDERS = (DATA / "encodings", DATA / "template_encodings")
FRAMEWORKS = ("terraform", "cloudformation", "serverless")
CHECKS = ("CKV_AWS_62", "CKV_AWS_63", "CKV_AWS_1", "CKV_AWS_49", "CKV_AWS_274")


def leastwise_sees(program: str, folder: Path) -> bool:
    """Say whether leastwise finds the administrator."""
    named = "cdk.out" if (folder / "cdk.out").is_dir() else "."
    done = subprocess.run(
        [program, "check", named, "--format", "json"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    return any(f["rule"] == "wildcard/admin" for f in json.loads(done.stdout)["findings"])


def checkov_sees(program: str, folder: Path) -> bool:
    """Say whether one of the checks fails."""
    command = [program, "-d", ".", "--skip-download", "--compact"]
    command += ["--framework", *FRAMEWORKS, "-o", "json", "--quiet", "--check", ",".join(CHECKS)]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    report = json.loads(done.stdout)
    reports = report if isinstance(report, list) else [report]
    return any(one.get("results", {}).get("failed_checks") for one in reports)


def main() -> None:
    """Run both on every folder and print a line for each, and the counts."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--checkov", default="checkov", help="the checkov to run")
    parser.add_argument("--leastwise", default="leastwise", help="the leastwise to run")
    options = parser.parse_args()
    tools = {
        "leastwise": (locate(options.leastwise), leastwise_sees),
        "checkov": (locate(options.checkov), checkov_sees),
    }
    seen = dict.fromkeys(tools, 0)
    folders = sorted(folder for group in FOLDERS for folder in group.iterdir())
    for folder in folders:
        with tempfile.TemporaryDirectory() as place:
            copytree(folder, place, dirs_exist_ok=True)
            answers = {tool: sees(path, Path(place)) for tool, (path, sees) in tools.items()}
        for tool, answer in answers.items():
            seen[tool] += answer
        told = (f"{tool} {'yes' if answer else 'no ':3}" for tool, answer in answers.items())
        print(f"{folder.name:26}", *told)
    for tool, (path, _) in tools.items():
        print(f"{tool} {version(path)}: {seen[tool]} of {len(folders)}")


if __name__ == "__main__":
    main()
