"""Time leastwise and checkov on one small Terraform file, whole processes, side by side.

``python benchmarks/against_checkov.py --checkov PATH`` with the path of an installed checkov
(``pip install checkov`` in an environment of its own). Both run alternately on the same generated
file, so that what else the machine does falls on both; each pair gives one ratio, and the median
of the ratios is the answer. Start-up is part of it: a commit hook pays for it every time.

checkov runs with ``--skip-download --quiet --compact`` and only the file's framework, which is
the quickest that it can be asked to be without leaving checks out.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

TERRAFORM = """\
resource "aws_iam_role" "orders" {
  name = "orders"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "lambda.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })
}

data "aws_iam_policy_document" "orders" {
  statement {
    actions   = ["s3:GetObject", "s3:PutObject"]
    resources = ["arn:aws:s3:::shop-orders/*"]
  }
  statement {
    actions   = ["iam:PassRole"]
    resources = ["*"]
  }
}

resource "aws_iam_role_policy" "orders" {
  role   = aws_iam_role.orders.id
  policy = data.aws_iam_policy_document.orders.json
}
"""


class Timing(NamedTuple):
    """Seconds of wall clock of one pair of runs."""

    leastwise: float
    checkov: float

    @property
    def ratio(self) -> float:
        """How many times longer checkov took."""
        return self.checkov / self.leastwise


def time_process(command: Sequence[str], folder: Path) -> float:
    """Return the seconds that ``command`` takes; it must exit 0 (clean) or 1 (findings)."""
    # Both may use the bytecode that the first run, or pip, has written.
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    start = time.perf_counter()
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    seconds = time.perf_counter() - start
    if done.returncode not in (0, 1) or not done.stdout:
        raise SystemExit(f"{' '.join(command)}: exit {done.returncode}\n{done.stderr}")
    return seconds


def measure(leastwise: str, checkov: str, runs: int) -> list[Timing]:
    """Run both alternately ``runs`` times, after one run of each that does not count."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "main.tf").write_text(TERRAFORM, encoding="utf-8")
        ours = [leastwise, "check", "main.tf"]
        theirs = [checkov, "-f", "main.tf", "--framework", "terraform", "--skip-download"]
        theirs += ["--quiet", "--compact"]
        pairs = [
            Timing(time_process(ours, folder), time_process(theirs, folder))
            for _ in range(runs + 1)
        ]
    return pairs[1:]


def version(program: str) -> str:
    """Return the first word with a digit in front that ``program --version`` prints."""
    done = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)
    return next(word for word in done.stdout.split() if word[0].isdigit())


def locate(program: str) -> str:
    """Return the absolute path of ``program``, found beside this Python, on PATH, or given."""
    beside = shutil.which(program, path=str(Path(sys.executable).parent))
    found = beside or shutil.which(program)
    if found is None:
        raise SystemExit(f"{program}: not found")
    return str(Path(found).absolute())


def main() -> None:
    """Measure, and print the medians in milliseconds and the median ratio."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--checkov", default="checkov", help="the checkov to run")
    parser.add_argument("--leastwise", default="leastwise", help="the leastwise to run")
    parser.add_argument("--runs", type=int, default=10, help="pairs of runs (default: 10)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()

    leastwise, checkov = locate(options.leastwise), locate(options.checkov)
    pairs = measure(leastwise, checkov, options.runs)
    result = {
        "runs": options.runs,
        "leastwise": {
            "version": version(leastwise),
            "median_ms": round(statistics.median(pair.leastwise for pair in pairs) * 1000, 1),
        },
        "checkov": {
            "version": version(checkov),
            "median_ms": round(statistics.median(pair.checkov for pair in pairs) * 1000, 1),
        },
        "median_ratio": round(statistics.median(pair.ratio for pair in pairs), 1),
        "least_ratio": round(min(pair.ratio for pair in pairs), 1),
    }
    if options.json:
        print(json.dumps(result, indent=2))
        return
    for name in ("leastwise", "checkov"):
        print(f"{name:10} {result[name]['version']:10} median {result[name]['median_ms']:8.1f} ms")
    print(
        f"checkov takes {result['median_ratio']} times as long "
        f"(median of {options.runs} pairs; least {result['least_ratio']})"
    )


if __name__ == "__main__":
    main()
