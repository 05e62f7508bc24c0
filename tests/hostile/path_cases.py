"""Files that are no files, links that lead elsewhere, code that hides, configuration that reaches out."""

import os
from pathlib import Path

from tests.hostile.case import ADMIN, ADMIN_JSON, ADMIN_TEMPLATE, GOOD, Case, document, inline


def _fifos(folder: Path) -> None:
    (folder / "bad").mkdir()
    for name in ("bad/main.tf", "t.yaml", "p.json"):
        os.mkfifo(folder / name)


def _folders(folder: Path) -> None:
    for name in ("bad/main.tf", "t.yaml", "p.json", "leastwise.toml", "pyproject.toml"):
        (folder / name).mkdir(parents=True)


def _link(name: str, target: str):
    def arrange(folder: Path) -> None:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).symlink_to(target)

    return arrange


def _link_loops(folder: Path) -> None:
    (folder / "a").mkdir()
    (folder / "a" / "up").symlink_to("..")
    (folder / "loop.tf").symlink_to("loop.tf")
    (folder / "x.yaml").symlink_to("y.yaml")
    (folder / "y.yaml").symlink_to("x.yaml")


def _large(folder: Path) -> None:
    (folder / "bad").mkdir()
    with (folder / "bad/main.tf").open("wb") as handle:
        handle.write(ADMIN.encode())
        handle.truncate(25 * 1024 * 1024)


def _large_json(folder: Path) -> None:
    with (folder / "dump.json").open("wb") as handle:
        handle.truncate(25 * 1024 * 1024)


def _outside(folder: Path) -> None:
    (folder.parent / "outside.txt").write_text("hunter2-outside", encoding="utf-8")


FILES = (
    Case(
        "fifos",
        arrange=_fifos,
        diagnostics=(
            "error[not-a-file] bad/main.tf:1",
            "warning[not-a-file] p.json:1",
            "warning[not-a-file] t.yaml:1",
        ),
    ),
    Case(
        "folders-named-like-files",
        arrange=_folders,
    ),
    Case(
        "link-to-passwd",
        arrange=_link("bad/main.tf", "/etc/passwd"),
        diagnostics=("error[outside-root] bad/main.tf:1",),
    ),
    Case(
        "template-link-to-passwd",
        arrange=_link("t.yaml", "/etc/passwd"),
        diagnostics=("warning[outside-root] t.yaml:1",),
    ),
    Case(
        "dangling-link",
        arrange=_link("bad/main.tf", "nowhere.tf"),
        diagnostics=("error[not-found] bad/main.tf:1",),
    ),
    Case(
        "link-loops",
        arrange=_link_loops,
        diagnostics=(
            "error[unreadable] loop.tf:1",
            "warning[unreadable] x.yaml:1",
            "warning[unreadable] y.yaml:1",
        ),
    ),
    Case(
        "link-to-folder",
        {"real/main.tf": ADMIN},
        arrange=_link("linked", "real"),
        found=("real/main.tf",),
    ),
    Case(
        "large-terraform",
        arrange=_large,
        diagnostics=("error[too-large] bad/main.tf:1",),
    ),
    Case(
        "large-json",
        arrange=_large_json,
        diagnostics=("warning[too-large] dump.json:1",),
    ),
    Case(
        "file-outside",
        {"bad/main.tf": inline('file("../../outside.txt")')},
        arrange=_outside,
        diagnostics=("warning[outside-root] bad/main.tf:15",),
    ),
    Case(
        "file-absolute",
        {"bad/main.tf": inline('file("/etc/hostname")')},
        diagnostics=("warning[outside-root] bad/main.tf:15",),
    ),
    Case(
        "file-home",
        {"bad/main.tf": inline('file("~/.aws/credentials")')},
        diagnostics=("warning[outside-root] bad/main.tf:15",),
    ),
    Case(
        "file-through-link",
        {"bad/main.tf": inline('file("${path.module}/p.json")')},
        arrange=_link("bad/p.json", "/etc/passwd"),
        diagnostics=(
            "warning[file-not-read] bad/main.tf:15",
            "warning[outside-root] bad/p.json:1",
        ),
    ),
    Case(
        "file-of-itself",
        {"bad/main.tf": inline('file("${path.module}/main.tf")')},
        diagnostics=("error[json-syntax] bad/main.tf:1",),
    ),
)

HIDING = (
    Case(
        "count-zero",
        {"root/main.tf": 'module "m" {\n  source = "../m"\n  count  = 0\n}\n', "m/main.tf": ADMIN},
        found=("m/main.tf",),
    ),
    Case(
        "for-each-empty",
        {
            "root/main.tf": 'module "m" {\n  source   = "../m"\n  for_each = {}\n}\n',
            "m/main.tf": ADMIN,
        },
        found=("m/main.tf",),
    ),
    Case(
        "count-zero-chain",
        {
            "root/main.tf": 'module "a" {\n  source = "../a"\n  count  = 0\n}\n',
            "a/main.tf": 'module "b" {\n  source = "../b"\n  count  = 0\n}\n',
            "b/main.tf": ADMIN,
        },
        found=("b/main.tf",),
    ),
    Case(
        "count-zero-circle",
        {
            "a/main.tf": 'module "b" {\n  source = "../b"\n  count  = 0\n}\n',
            "b/main.tf": 'module "a" {\n  source = "../a"\n  count  = 0\n}\n' + ADMIN,
        },
        found=("b/main.tf",),
    ),
    Case(
        "caller-broken",
        {"root/main.tf": 'module "m" {\n  source = "../m"\n}\nresource {{\n', "m/main.tf": ADMIN},
        diagnostics=("error[syntax-error] root/main.tf:4",),
        found=("m/main.tf",),
    ),
    Case(
        "caller-in-json",
        {"root/main.tf.json": '{"module": {"m": {"source": "../m"}}}', "m/main.tf": ADMIN},
        found=("m/main.tf",),
    ),
    Case(
        "caller-excluded",
        {
            "root/main.tf": 'module "m" {\n  source = "../m"\n  count = 0\n}\n',
            "m/main.tf": ADMIN,
            "leastwise.toml": 'exclude = ["root/**"]\n',
        },
        found=("m/main.tf",),
    ),
    Case(
        "escaped-type",
        {"bad/main.tf": ADMIN.replace('"aws_', '"\\u0061ws\\u005f')},
        found=("bad/main.tf",),
    ),
    Case(
        "escaped-type-alone",
        {
            "bad/main.tf": 'data "\\U00000061ws_iam_policy_document" "d" {\n'
            '  statement {\n    actions = ["*"]\n    resources = ["*"]\n  }\n}\n'
        },
        found=("bad/main.tf",),
    ),
    Case(
        "escaped-words-in-json",
        {
            "p.json": ADMIN_JSON.replace("Statement", "St\\u0061tement").replace(
                "Effect", "\\u0045ffect"
            )
        },
        found=("p.json",),
    ),
    Case(
        "escaped-words-in-yaml",
        {
            "t.yaml": ADMIN_TEMPLATE.partition("\n")[2]
            .replace("AWS::IAM::Role", '"\\x41WS::IAM::Role"')
            .replace("Resources", '"Res\\u006furces"')
        },
        found=("t.yaml",),
    ),
    Case(
        "word-over-two-lines",
        {
            "t.yaml": ADMIN_TEMPLATE.partition("\n")[2].replace(
                "AWS::IAM::Role", '"AW\\\n      S::IAM::Role"'
            )
        },
        found=("t.yaml",),
    ),
    Case(
        "declared-twice",
        {"bad/main.tf": ADMIN.replace('"*"', '"s3:GetObject"') + ADMIN},
        diagnostics=(
            "error[duplicate-key] bad/main.tf:20",
            "error[duplicate-key] bad/main.tf:32",
        ),
    ),
    Case(
        "ignored-by-terraform",
        {"bad/.main.tf": ADMIN, "bad/main.tf~": ADMIN},
    ),
    Case(
        "extension-in-capitals",
        {"bad/MAIN.TF": ADMIN, "T.YAML": ADMIN_TEMPLATE},
    ),
    Case(
        "policy-behind-link",
        {"p/real.json": ADMIN_JSON},
        arrange=_link("q.json", "p/real.json"),
        found=(
            "p/real.json",
            "q.json",
        ),
    ),
    Case(
        "same-as-good",
        {"copy/main.tf": GOOD},
        found=("copy/main.tf",),
    ),
)

CONFIGS = (
    Case(
        "config-unused-code",
        {
            "setup.py": "raise SystemExit('ran')",
            "conftest.py": "raise SystemExit('ran')",
            "sitecustomize.py": "raise SystemExit('ran')",
            "leastwise.py": "raise SystemExit('ran')",
            "yaml.py": "raise SystemExit('ran')",
            "json.py": "raise SystemExit('ran')",
            ".env": "PYTHONPATH=.",
            ".terraformrc": "x",
        },
    ),
    Case(
        "policy-of-code",
        {
            "bad/main.tf": document('Action = "*", Resource = "*"')
            + 'data "external" "x" {\n  program = ["touch", "ran"]\n}\n'
        },
        found=("bad/main.tf",),
    ),
)
