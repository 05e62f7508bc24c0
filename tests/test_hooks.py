"""The pre-commit hooks, installed and run by pre-commit itself from a clone of this repository."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

WIDE = """\
resource "aws_iam_role" "deploy" {
  name = "deploy"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "lambda.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })
}

resource "aws_iam_role_policy" "everything" {
  role = aws_iam_role.deploy.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "*", Resource = "*" }]
  })
}
"""
NARROW = WIDE.replace(
    'Action = "*", Resource = "*"',
    'Action = "s3:GetObject", Resource = "arn:aws:s3:::shop-orders/*"',
)
CONFIG = """\
repos:
  - repo: {repo}
    rev: {rev}
    hooks:
      - id: leastwise
      - id: leastwise-all
      - id: leastwise-test
        args: [access.yaml]
"""
EXPECTATIONS = """\
version: 1
expectations:
  - {principal: deploy, cannot: {actions: "iam:*"}}
"""

pytestmark = [
    pytest.mark.needs("git"),
    pytest.mark.skipif(not (ROOT / ".git").exists(), reason="not a git checkout of the project"),
]


def _git(folder: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=A Tester", "-c", "user.email=tester@example.com"]
    command = ["git", *identity, *arguments]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout


@pytest.fixture(scope="module")
def published(tmp_path_factory) -> Path:
    """Clone this repository, so that its HEAD is what a user of the hook would get."""
    clone = tmp_path_factory.mktemp("published") / "leastwise"
    _git(ROOT, "clone", "--quiet", str(ROOT), str(clone))
    return clone


@pytest.fixture(scope="module")
def _index(tmp_path_factory) -> None:
    """Skip without a package index, from which pre-commit installs the hook; never in CI."""
    folder = tmp_path_factory.mktemp("probe")
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--dest", folder, "hatchling"]
    probe = subprocess.run(command, capture_output=True, text=True, check=False)
    if probe.returncode and not os.environ.get("CI"):
        pytest.skip("pip reaches no package index, so pre-commit cannot install the hook")


@pytest.mark.usefixtures("_index")
@pytest.mark.parametrize(("text", "code", "verdict"), [(WIDE, 1, "Failed"), (NARROW, 0, "Passed")])
def test_every_hook_judges_a_repository(tmp_path, published, text, code, verdict):
    rev = _git(published, "rev-parse", "HEAD").strip()
    config = CONFIG.format(repo=json.dumps(str(published)), rev=rev)
    (tmp_path / ".pre-commit-config.yaml").write_text(config, encoding="utf-8")
    (tmp_path / "access.yaml").write_text(EXPECTATIONS, encoding="utf-8")
    (tmp_path / "main.tf").write_text(text, encoding="utf-8")
    _git(tmp_path, "init", "--quiet")
    _git(tmp_path, "add", ".")
    _git(tmp_path, "commit", "--quiet", "--message", "Add a role")

    # The variables that git sets for its hooks would point pre-commit at the wrong repository.
    environment = {name: value for name, value in os.environ.items() if name[:4] != "GIT_"}
    cache = tmp_path / ".git" / "pre-commit"
    done = subprocess.run(
        [sys.executable, "-m", "pre_commit", "run", "--all-files", "--color=never"],
        cwd=tmp_path,
        env={**environment, "PRE_COMMIT_HOME": str(cache)},
        capture_output=True,
        text=True,
        check=False,
    )
    shutil.rmtree(cache, ignore_errors=True)

    assert done.returncode == code, done.stdout + done.stderr
    verdicts = [line for line in done.stdout.splitlines() if line.endswith(("Passed", "Failed"))]
    assert len(verdicts) == 3
    assert all(line.endswith(verdict) for line in verdicts)
    assert ("wildcard/admin" in done.stdout) == (code == 1)
