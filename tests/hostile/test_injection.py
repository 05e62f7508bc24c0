"""Names and contents of a stranger reach no terminal, log, patch or shell as anything but text."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from tests.hostile.case import ADMIN_TEMPLATE, GOOD

PAYLOADS = {
    "controls": "\x1b[31mred\x1b]0;title\x07\x9b31m\x85a\u202eb\u2066c\u2069\u200bd\ufeffe\u2028f",
    "newline": "a\n::error::injected\r\n##[error]injected",
    "command": "::error file=x::injected",
    "azure": "##vso[task.setvariable variable=x]y",
    "quotes": "\"; touch pwned; '$(touch pwned)`touch pwned`<script>[x](javascript:alert(1))",
    "not-utf-8": "\udcff\udcfe",
}
IN_NAMES = {key: text.replace("/", "_") for key, text in PAYLOADS.items()}
_ACTED_ON = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u200b\ufeff\u202a-\u202e\u2066-\u2069]"
    r"|^[^\S\n]*::.*|^.*##(?:\[|vso).*",
    re.MULTILINE,
)
"""Characters and lines that a terminal or a CI runner would act on."""


def _is_clean(text: str) -> list[str]:
    """Return what a terminal or a CI runner would act on, with what stands before it."""
    return [
        f"{m[0]!r} after {text[max(0, m.start() - 30) : m.start()]!r}"
        for m in _ACTED_ON.finditer(text)
    ]


def _hcl(text: str) -> str:
    quoted = json.dumps(text.encode("utf-8", "replace").decode()).replace("\\/", "/")
    return quoted.replace("${", "$${").replace("%{", "%%{")


def _write(folder: Path, name: str, content: str) -> None:
    place = Path(os.fsdecode(os.fsencode(folder) + b"/" + os.fsencode(name)))
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content.encode("utf-8", "surrogateescape"))


def _in_file_name(folder: Path, text: str) -> None:
    _write(folder, f"{text}/main.tf", GOOD)
    _write(folder, f"broken/{text}.tf", "resource aws_ {{{\n")
    _write(folder, f"{text}.yaml", ADMIN_TEMPLATE)


def _in_comment(folder: Path, text: str) -> None:
    one = text.replace("\n", " ").replace("\r", " ")
    body = GOOD.replace("  policy_arn", f"  # {one}\n  /* {one} */ policy_arn")
    _write(folder, "main.tf", body)
    _write(folder, "broken/main.tf", f'resource "aws_x" {{ # {one}\n  a = = "{one}\n')


def _in_strings(folder: Path, text: str) -> None:
    policy = (
        f'jsonencode({{ Version = "2012-10-17", Id = {_hcl(text)}, Statement = [{{ Sid = {_hcl(text)}, '
        f'Effect = "Allow", Action = ["*", {_hcl("s3:" + text)}], Resource = ["*", {_hcl(text)}],'
        f"Condition = {{ StringNotEquals = {{ {_hcl('aws:RequestTag/' + text)} = {_hcl(text)} }} }} }}] }})"
    )
    _write(
        folder,
        "main.tf",
        GOOD.replace('name = "beside"', f"name = {_hcl(text)}")
        + f'resource "aws_iam_role_policy" "p" {{\n  role = aws_iam_role.beside.id\n  policy = {policy}\n}}\n'
        + f'resource "aws_iam_policy" "broken" {{\n  policy = {_hcl("{" + text)}\n}}\n'
        + f'module "m" {{\n  source = {_hcl(text)}\n}}\n'
        + f"locals {{\n  f = file({_hcl('../../' + text)})\n}}\n"
        + 'resource "aws_iam_policy" "f" {\n  policy = local.f\n}\n',
    )


def _in_names(folder: Path, text: str) -> None:
    _write(folder, "main.tf", GOOD.replace('"beside"', _hcl(text)))
    _write(
        folder,
        "t.yaml",
        ADMIN_TEMPLATE.replace("App:", json.dumps(text.encode("utf-8", "replace").decode()) + ":")
        + f"Conditions: {{{json.dumps(text.encode('utf-8', 'replace').decode())}: !Nope x}}\n",
    )


def _in_config(folder: Path, text: str) -> None:
    spelled = json.dumps(text.encode("utf-8", "replace").decode())
    _write(folder, "main.tf", GOOD)
    _write(folder, "leastwise.toml", f"ignore = [{spelled}]\n{spelled} = 1\n")


def _in_suppression(folder: Path, text: str) -> None:
    one = text.replace("\n", " ").replace("\r", " ")
    body = GOOD.replace(
        "  policy_arn", f'  # leastwise: ignore[{one}] reason="{one}"\n  policy_arn'
    )
    _write(folder, "main.tf", body)


PLACES = {
    "file-name": _in_file_name,
    "comment": _in_comment,
    "strings": _in_strings,
    "names": _in_names,
    "config": _in_config,
    "suppression": _in_suppression,
}


def _planted(place: str, tmp_path: Path) -> list[Path]:
    """Plant every payload in a medium, each in a folder of its own below ``work``."""
    source = IN_NAMES if place == "file-name" else PAYLOADS
    folders = []
    for key, text in source.items():
        folder = tmp_path / "work" / key
        folder.mkdir(parents=True)
        try:
            PLACES[place](folder, text)
        except (OSError, ValueError) as error:
            if place != "file-name":
                raise
            shutil.rmtree(folder)
            print(f"this file system refuses the name {key}: {error}")
            continue
        folders.append(folder)
    return folders


# Fixes are proved one by one against the whole folder, so these run in the folder of each payload.
FIXING = (
    "check --show-all "
    + " ".join(f"--output={form}=OUT/{form}" for form in ("text", "json", "sarif", "patch"))
    + " .",
    "fix .",
)
READING = (
    "policies .",
    "policies --format json .",
    "who iam:* * --show-all .",
    "who iam:* * --format json .",
    "can admin iam:CreateUser * .",
    "baseline create --output OUT/baseline .",
    "graph --show-all "
    + " ".join(f"--output={form}=OUT/{form}" for form in ("text", "mermaid", "dot", "json", "html"))
    + " .",
    "graph --format mermaid .",
    "why beside admin .",
)


def _said(run, command: str, folder: Path, out: Path) -> dict[str, str]:
    """Return what a command prints and writes: patches hold lines of the source as they are."""
    out.mkdir()
    ran = run(*command.replace("OUT", str(out)).split(), cwd=folder)
    assert ran.code in {0, 1, 2}
    assert "crashed" not in ran.err
    texts = {"stdout": ran.out, "stderr": ran.err}
    for path in out.iterdir():
        texts[path.name] = path.read_bytes().decode("utf-8", "surrogateescape")
    patch = texts.pop("stdout" if command.startswith("fix") else "patch", "")
    heads = [ln for ln in patch.split("\n") if ln.startswith(("diff ", "--- ", "+++ "))]
    return {**texts, "heads": "\n".join(heads).replace("\t", "")}


@pytest.mark.parametrize("place", PLACES)
def test_no_output_carries_what_a_terminal_or_runner_acts_on(place, run, tmp_path):
    folders = _planted(place, tmp_path)
    together = folders if place == "config" else [tmp_path / "work"]
    asked = [(command, folder) for command in FIXING for folder in folders]
    asked += [(command, folder) for command in READING for folder in together]
    for number, (command, folder) in enumerate(asked):
        for name, text in _said(run, command, folder, tmp_path / f"{number}").items():
            assert _is_clean(text) == [], (command, folder.name, name)


@pytest.mark.parametrize("place", [p for p in PLACES if p != "config"])
def test_every_payload_reaches_a_report(place, run, tmp_path):
    """Keep the test above honest: what is planted side by side is all looked at."""
    planted = {folder.name for folder in _planted(place, tmp_path)}
    folder = tmp_path / "work"
    report = json.loads(run("check", "--show-all", "--format", "json", ".", cwd=folder).out)
    said = [*(f["location"]["file"] for f in report["findings"])]
    said += [d["file"] for d in report["diagnostics"]]
    assert {name.split("/")[0] for name in said} == planted


@pytest.mark.needs("git")
def test_a_patch_of_a_strange_name_applies_with_git(run, tmp_path):
    folder = tmp_path / "work"
    for name in (
        "a b",
        "tab\there",
        'quo"te',
        "caf\u00e9",
        "back\\slash",
        "##vso[x]",
        "\u202eevil",
        "new\nline",
    ):
        _write(folder, f"{name}/main.tf", GOOD)
    run("check", f"--output=patch={tmp_path}/patch", ".", cwd=folder)
    subprocess.run(["git", "apply", "--check", f"{tmp_path}/patch"], cwd=folder, check=True)


DUMP_NAME = 'x\'; touch pwned; echo "$(touch pwned)`touch pwned`" #\n--profile evil'


@pytest.mark.parametrize("kind", ["Role", "User", "Group"])
def test_commands_for_a_dump_are_one_command_with_the_very_name(kind, run, tmp_path):
    folder = tmp_path / "work"
    admin = [
        {
            "PolicyName": "AdministratorAccess",
            "PolicyArn": "arn:aws:iam::aws:policy/AdministratorAccess",
        }
    ]
    trust = {"Version": "2012-10-17", "Statement": []}
    entry = {
        f"{kind}Name": DUMP_NAME,
        "Arn": f"arn:aws:iam::123456789012:{kind.lower()}/x",
        "AttachedManagedPolicies": admin,
        "AssumeRolePolicyDocument": trust,
    }
    dump = {f"{k}DetailList": [entry] if k == kind else [] for k in ("Role", "User", "Group")}
    _write(folder, "dump.json", json.dumps({**dump, "Policies": []}))
    ran = run("fix", ".", cwd=folder)
    assert ran.code in {0, 1, 2}
    shell = shutil.which("sh")
    if shell is None:
        pytest.skip("there is no sh to read the command with")
    stub = "aws() { printf '%s\\0' \"$@\" >> argv; }\n"
    subprocess.run([shell, "-c", stub + ran.out], cwd=folder, check=False, capture_output=True)
    assert not (folder / "pwned").exists()
    said = (folder / "argv").read_text().split("\0") if (folder / "argv").exists() else []
    assert "--profile evil" not in said
    assert not [a for a in said if a.startswith("--profile")]


def test_secrets_in_source_lines_and_outside_files_are_not_printed(run, tmp_path):
    folder = tmp_path / "work"
    secret = "hunter2-swordfish"  # noqa: S105 - made up
    (tmp_path / "outside.txt").write_text(secret)
    body = GOOD.replace(
        "  policy_arn =", f'  password = "{secret}" /* AKIAABCDEFGHIJKLMNOP */ \n  policy_arn ='
    )
    _write(
        folder,
        "main.tf",
        body + 'resource "aws_iam_policy" "p" {\n  policy = file("../outside.txt")\n}\n',
    )
    _write(folder, "broken/main.tf", f'resource "aws_x" "y" {{ password = "{secret}" = }}\n')
    (folder / "outside.yaml").symlink_to(tmp_path / "outside.txt")
    for form in ("text", "json", "sarif"):
        ran = run("check", "--show-all", "--format", form, ".", cwd=folder)
        assert secret not in ran.out + ran.err
        assert "ABCDEFGHIJKLMNOP" not in ran.out + ran.err


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ('baseline = "../../x"', "baseline"),
        ('baseline = "/etc/passwd"', "baseline"),
        ('plugins = ["evil"]', "plugins"),
        ('exclude = ["**"', "TOML"),
        ("select = [1]", "select"),
        ("x = " + "[" * 50_000, ""),
        ("x = " + "9" * 50_000, ""),
        ('fail-on = "\x1b[31m"', ""),
    ],
)
@pytest.mark.parametrize("name", ["leastwise.toml", "pyproject.toml"])
def test_configuration_that_reaches_out_or_is_broken_is_refused(name, config, said, run, tmp_path):
    folder = tmp_path / "work"
    _write(folder, "main.tf", GOOD)
    table = "[tool.leastwise]\n" if name == "pyproject.toml" else ""
    _write(folder, name, f"{table}{config}\n")
    ran = run("check", ".", cwd=folder)
    assert ran.code == 2
    assert said in ran.err
    assert name in ran.err
    assert "crashed" not in ran.err
    assert not _is_clean(ran.err)


def test_planted_links_are_not_written_through(run, tmp_path):
    folder = tmp_path / "work"
    _write(folder, "main.tf", GOOD)
    target = tmp_path / "victim"
    target.write_text("untouched")
    for name in (".main.tf.tmp", "main.tf.tmp", ".main.tf.new", "main.tf~", ".main.tf.swp"):
        (folder / name).symlink_to(target)
    ran = run("fix", "--apply", "--unsafe-fixes", ".", cwd=folder)
    assert ran.code == 0
    assert target.read_text() == "untouched"
    assert "AdministratorAccess" not in (folder / "main.tf").read_text()
