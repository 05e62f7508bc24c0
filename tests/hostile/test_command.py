"""Every command survives every hostile folder, says what it could not read, and reads the rest."""

import json
from pathlib import Path

import pytest
from tests.hostile import bomb_cases, engine_cases, graph_cases, path_cases, text_cases
from tests.hostile.case import Case, build

CASES = (
    *text_cases.ENCODINGS,
    *text_cases.SYNTAX,
    *text_cases.DEPTH,
    *bomb_cases.BOMBS,
    *path_cases.FILES,
    *path_cases.HIDING,
    *path_cases.CONFIGS,
    *engine_cases.GLOBS,
    *engine_cases.AMOUNTS,
    *graph_cases.CASES,
)
MOST_SECONDS = 20
"""Of processor time: twice the promise, for machines that are slow or shared."""
MOST_MEGABYTES = 512
SUFFIXES = (".tf", ".tofu", ".tf.json", ".tfvars", ".yaml", ".yml", ".json", ".template", ".cform")


def _survived(ran) -> None:
    assert ran.code in {0, 1, 2}, ran.err
    assert "Traceback" not in ran.err
    assert "crashed" not in ran.err
    assert ran.seconds <= MOST_SECONDS
    assert ran.megabytes <= MOST_MEGABYTES


def _built(case: Case, tmp_path: Path) -> Path:
    folder = tmp_path / "work"
    folder.mkdir()
    build(case, folder)
    return folder


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_is_wrong_is_said_and_the_rest_is_checked(case, run, tmp_path):
    folder = _built(case, tmp_path)
    ran = run("check", "--format", "json", ".", cwd=folder)
    _survived(ran)
    report = json.loads(ran.out)
    said = {f"{d['severity']}[{d['code']}] {d['file']}:{d['line']}" for d in report["diagnostics"]}
    assert said == set(case.diagnostics)
    assert all(d["message"] and d["remedy"] for d in report["diagnostics"])
    found = {one["location"]["file"] for one in report["findings"] if is_about_access(one)}
    assert found == {"good/main.tf", *case.found}
    assert ran.code == case.exit_code
    if "leastwise.toml" not in case.files:
        assert _unaccounted(report, folder) == 0


def is_about_access(finding):
    """Leave out what is said of the text itself: most of these are no decent policies."""
    return not finding["rule"].startswith("validity/")


def _unaccounted(report, folder: Path) -> int:
    """Return how many candidates are neither analysed, nor in error, nor counted as skipped."""
    candidates = {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.name.endswith(SUFFIXES) and (path.is_symlink() or not path.is_dir())
    }
    return len(candidates) - report["summary"]["files"] - report["summary"]["skipped"]


# One case of each kind; what a case costs, it costs in every command.
OTHERS = [
    c
    for c in CASES
    if c.name
    in {
        "truncated-hcl",
        "duplicate-yaml-key",
        "deep-yaml",
        "join-bomb",
        "template-of-itself",
        "fifos",
        "file-through-link",
        "count-zero-circle",
        "declared-twice",
        "10000-actions",
    }
]


@pytest.mark.parametrize("case", OTHERS, ids=lambda case: case.name)
def test_the_other_commands_survive_it_too(case, run, tmp_path):
    folder = _built(case, tmp_path)
    outputs = [f"--output={form}={tmp_path}/{form}" for form in ("text", "json", "sarif", "patch")]
    ran = run("check", *outputs, ".", cwd=folder)
    _survived(ran)
    assert ran.code == case.exit_code
    assert "AdministratorAccess" in (tmp_path / "patch").read_text()
    for argv in (
        ("fix", "."),
        ("policies", "--format", "json", "."),
        ("baseline", "create", "--output", f"{tmp_path}/baseline.json", "."),
        ("test", _expectations(tmp_path), "--format", "json", "."),
        ("who", "iam:CreateUser", "*", "--format", "json", "."),
        ("can", "anyone", "s3:GetObject", "*", "."),
    ):
        _survived(run(*argv, cwd=folder))


def _expectations(folder: Path) -> str:
    place = folder / "access.yaml"
    place.write_text(
        "version: 1\nexpectations:\n"
        "  - {principal: '*', cannot: {actions: iam:CreateUser}}\n"
        "  - {principal: '*', within: access.json}\n"
        "  - {nobody: {can: {actions: s3:GetObject}}}\n"
        "  - public: never\n"
    )
    (folder / "access.json").write_text(
        '{"Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}'
    )
    return str(place)


NAMED = [
    c for c in (*text_cases.ENCODINGS, *text_cases.SYNTAX, *path_cases.FILES) if c.exit_code == 2
][::2]


@pytest.mark.parametrize("case", NAMED, ids=lambda case: case.name)
def test_naming_the_file_says_the_same(case, run, tmp_path):
    folder = _built(case, tmp_path)
    for text in (t for t in case.diagnostics if t.startswith("error[")):
        name = text.split(" ")[1].rpartition(":")[0]
        ran = run("check", name, cwd=folder)
        _survived(ran)
        assert ran.code == 2
        assert name in ran.out + ran.err


STDIN = [c for c in text_cases.ENCODINGS + text_cases.SYNTAX if len(c.files) == 1][::3]


@pytest.mark.parametrize("case", STDIN, ids=lambda case: case.name)
def test_standard_input_is_no_different(case, run, tmp_path):
    folder = _built(case, tmp_path)
    (name,) = case.files
    ran = run("check", "-", "--stdin-filename", name, cwd=folder, stdin=folder / name)
    _survived(ran)
    assert (ran.code == 2) == (case.exit_code == 2)
    _survived(run("check", "-", cwd=folder, stdin=folder / name))


def test_a_finding_beside_broken_files_can_be_explained(run, tmp_path):
    folder = _built(next(c for c in CASES if c.name == "truncated-hcl"), tmp_path)
    report = json.loads(run("check", "--format", "json", ".", cwd=folder).out)
    ran = run("explain", report["findings"][0]["fingerprint"], ".", cwd=folder)
    _survived(ran)
    assert "AdministratorAccess" in ran.out
