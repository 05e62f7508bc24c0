"""Removing an attachment leaves a file that looks hand-written and still parses."""

import subprocess
from pathlib import Path

import pytest

from leastwise.config.model import Config
from leastwise.frontends.terraform import load
from leastwise.frontends.terraform.reading.removal import block_edit, element_edits
from leastwise.frontends.terraform.reading.sources import Sources
from leastwise.frontends.terraform.syntax.parse import parse_file
from leastwise.frontends.terraform.syntax.tree import File, TupleConstructor
from leastwise.iam.project import Attachment, Removal, Root
from leastwise.source.edit import apply_edits
from leastwise.source.span import Span
from leastwise.source.tree import MemoryTree

LISTS = {
    "the first of a line": ('x = ["a", "b", "c"]\n', 0, 'x = ["b", "c"]\n'),
    "one in the middle of a line": ('x = ["a", "b", "c"]\n', 1, 'x = ["a", "c"]\n'),
    "the last of a line": ('x = ["a", "b", "c"]\n', 2, 'x = ["a", "b"]\n'),
    "the only one": ('x = ["a"]\n', 0, "x = []\n"),
    "the only one, on a line": ('x = [\n  "a", # why\n]\n', 0, "x = []\n"),
    "a line of its own": (
        'x = [\n  "a",\n  "b", # b, of course\n  "c",\n]\n',
        1,
        'x = [\n  "a",\n  "c",\n]\n',
    ),
    "the last line": ('x = [\n  "a",\n  "b",\n]\n', 1, 'x = [\n  "a",\n]\n'),
    "the last line without a comma": (
        'x = [\n  "a", # one, two\n  "b"\n]\n',
        1,
        'x = [\n  "a" # one, two\n]\n',
    ),
    "the first line": ('x = [\n  "a", /* , */\n  "b"\n]\n', 1, 'x = [\n  "a" /* , */\n]\n'),
    "two on a line": ('x = [\n  "a", "b",\n  "c",\n]\n', 1, 'x = [\n  "a",\n  "c",\n]\n'),
    "behind the bracket": ('x = ["a",\n"b",\n"c"]\n', 2, 'x = ["a",\n"b"]\n'),
    "an expression": (
        "x = [aws_iam_policy.a.arn, local.b[0], f(1, 2)]\n",
        1,
        "x = [aws_iam_policy.a.arn, f(1, 2)]\n",
    ),
    "windows line ends": ('x = [\r\n  "a",\r\n  "b",\r\n]\r\n', 0, 'x = [\r\n  "b",\r\n]\r\n'),
}


def parsed(data: bytes) -> File:
    file = parse_file("main.tf", data)
    assert isinstance(file, File)
    return file


@pytest.mark.parametrize(("before", "index", "after"), LISTS.values(), ids=LISTS.keys())
def test_an_element_goes_with_its_comma(before: str, index: int, after: str) -> None:
    data = before.encode()
    written = parsed(data).attributes["x"].expression
    assert isinstance(written, TupleConstructor)
    edits = element_edits(Sources(MemoryTree({"main.tf": data})), written, index)
    edited = apply_edits(data, edits)
    assert edited.decode() == after
    again = parsed(edited).attributes["x"].expression
    assert isinstance(again, TupleConstructor)
    assert len(again.items) == len(written.items) - 1


FIRST = 'resource "a" "first" {\n}\n'
ADMIN = 'resource "a" "admin" {\n  x = 1\n}\n'
LAST = 'resource "a" "last" {\n}\n'

BLOCKS = {
    "between blocks": (f"{FIRST}\n{ADMIN}\n{LAST}", f"{FIRST}\n{LAST}"),
    "with its comment": (
        f"{FIRST}\n# Full access,\n// for now.\n{ADMIN}\n{LAST}",
        f"{FIRST}\n{LAST}",
    ),
    "not with a heading": (
        f"{FIRST}\n# Attachments\n\n{ADMIN}\n{LAST}",
        f"{FIRST}\n# Attachments\n\n{LAST}",
    ),
    "at the end": (f"{FIRST}\n{ADMIN}", FIRST),
    "at the end, no line end": (f"{FIRST}\n{ADMIN.rstrip()}", FIRST),
    "at the start": (f"{ADMIN}\n{LAST}", LAST),
    "without blank lines": (f"{FIRST}{ADMIN}{LAST}", f"{FIRST}{LAST}"),
    "alone": (ADMIN, ""),
    "with a comment behind": (f"{FIRST}\n{ADMIN.rstrip()} # end\n\n{LAST}", f"{FIRST}\n{LAST}"),
    "below a block comment": (
        f"/*\n# all\n*/\n{ADMIN}\n{LAST}",
        f"/*\n# all\n*/\n{LAST}",
    ),
    "behind a byte order mark": (f"\ufeff{ADMIN}\n{LAST}", f"\ufeff{LAST}"),
    "windows line ends": (
        f"{FIRST}\n# why\n{ADMIN}\n{LAST}".replace("\n", "\r\n"),
        f"{FIRST}\n{LAST}".replace("\n", "\r\n"),
    ),
}


@pytest.mark.parametrize(("before", "after"), BLOCKS.values(), ids=BLOCKS.keys())
def test_a_block_goes_with_its_comment_and_a_blank_line(before: str, after: str) -> None:
    data = before.encode()
    (block,) = [b for b in parsed(data).blocks if b.labels[1].text == "admin"]
    edited = apply_edits(data, block_edit(Sources(MemoryTree({"main.tf": data})), block.span))
    assert edited.decode() == after
    assert len(parsed(edited).blocks) == len(parsed(data).blocks) - 1


@pytest.mark.needs("terraform")
def test_terraform_fmt_has_nothing_to_change(tmp_path: Path) -> None:
    edited = [after for _, _, after in LISTS.values()] + [after for _, after in BLOCKS.values()]
    for number, text in enumerate(edited):
        (tmp_path / f"{number}.tf").write_bytes(text.replace("\r", "").strip("\ufeff").encode())
    command = ["terraform", "fmt", "-check", "-diff", "."]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
    assert (done.returncode, done.stdout.decode()) == (0, "")


def test_json_syntax_is_not_edited() -> None:
    sources = Sources(MemoryTree({"main.tf.json": b"{}"}))
    assert block_edit(sources, Span("main.tf.json", 0, 2)) == ()


ADMIN_ARN = "arn:aws:iam::aws:policy/AdministratorAccess"
READ_ARN = "arn:aws:iam::aws:policy/ReadOnlyAccess"
ROLE = """resource "aws_iam_role" "r" {
  name               = "r"
  assume_role_policy = "{}"
}
"""


def attachments(files: dict[str, bytes]) -> list[Attachment]:
    loaded = load(Root("terraform", ""), MemoryTree(files), Config())
    return [a for p in loaded.principals for a in p.attachments if not a.via]


def without_admin(*texts: str) -> tuple[str, ...]:
    """Remove the first attachment of AdministratorAccess; the others must be as before."""
    files = {f"{'abc'[i]}.tf": text.encode() for i, text in enumerate(texts)}
    before = attachments(files)
    admin = next(a for a in before if str(a.policy.arn) == ADMIN_ARN)
    assert admin.removal is not None
    edited = dict(files)
    for path in {edit.span.path for edit in admin.removal.edits}:
        own = [edit for edit in admin.removal.edits if edit.span.path == path]
        edited[path] = apply_edits(files[path], own)
    after = [(a.origin, str(a.policy.arn)) for a in attachments(edited)]
    assert after == [(a.origin, str(a.policy.arn)) for a in before if a is not admin]
    return tuple(edited[name].decode() for name in sorted(edited))


def removal_of_admin(text: str) -> list[Removal | None]:
    found = attachments({"main.tf": text.encode()})
    return [a.removal for a in found if str(a.policy.arn) == ADMIN_ARN]


def test_an_attachment_resource_goes_whole() -> None:
    (text,) = without_admin(f"""{ROLE}
# Full access, for now.
resource "aws_iam_role_policy_attachment" "admin" {{
  role       = aws_iam_role.r.name
  policy_arn = "{ADMIN_ARN}"
}}
""")
    assert text == ROLE


def test_an_element_of_managed_policy_arns_goes() -> None:
    (text,) = without_admin(f"""resource "aws_iam_user" "u" {{
  name = "u"
}}

resource "aws_iam_user_policy_attachments_exclusive" "u" {{
  user_name = aws_iam_user.u.name
  policy_arns = [
    "{READ_ARN}",
    "{ADMIN_ARN}", # for now
  ]
}}
""")
    assert (
        text
        == f"""resource "aws_iam_user" "u" {{
  name = "u"
}}

resource "aws_iam_user_policy_attachments_exclusive" "u" {{
  user_name = aws_iam_user.u.name
  policy_arns = [
    "{READ_ARN}",
  ]
}}
"""
    )


def test_an_element_behind_a_reference_goes_at_its_use() -> None:
    (text,) = without_admin(f"""locals {{
  admin = "{ADMIN_ARN}"
}}

resource "aws_iam_role" "r" {{
  name                = "r"
  assume_role_policy  = "{{}}"
  managed_policy_arns = [local.admin, "{READ_ARN}"]
}}
""")
    assert f'managed_policy_arns = ["{READ_ARN}"]' in text
    assert "admin = " in text


def test_an_element_of_a_list_in_another_file_goes() -> None:
    first, second = without_admin(
        f"""{ROLE}
resource "aws_iam_role_policy_attachment" "each" {{
  for_each   = toset(var.policies)
  role       = aws_iam_role.r.name
  policy_arn = each.value
}}
""",
        f"""variable "policies" {{
  default = ["{ADMIN_ARN}", "{READ_ARN}"]
}}
""",
    )
    assert first.startswith(ROLE)
    assert (
        second
        == f"""variable "policies" {{
  default = ["{READ_ARN}"]
}}
"""
    )


def test_an_element_of_a_counted_list_goes() -> None:
    (text,) = without_admin(f"""{ROLE}
locals {{
  policies = [
    "{READ_ARN}",
    "{ADMIN_ARN}"
  ]
}}

resource "aws_iam_role_policy_attachment" "each" {{
  count      = length(local.policies)
  role       = aws_iam_role.r.name
  policy_arn = local.policies[count.index]
}}
""")
    assert (
        f"""policies = [
    "{READ_ARN}"
  ]
"""
        in text
    )


def test_a_shared_attachment_loses_one_principal_or_goes() -> None:
    (text,) = without_admin(f"""{ROLE}
resource "aws_iam_policy_attachment" "admin" {{
  name       = "admin"
  roles      = [aws_iam_role.r.name, "other"]
  policy_arn = "{ADMIN_ARN}"
}}
""")
    assert 'roles      = ["other"]' in text
    (text,) = without_admin(f"""{ROLE}
resource "aws_iam_policy_attachment" "admin" {{
  name       = "admin"
  roles      = [aws_iam_role.r.name]
  policy_arn = "{ADMIN_ARN}"
}}
""")
    assert text == ROLE


def test_where_the_text_does_not_say_it_plainly_nothing_is_removed() -> None:
    found = removal_of_admin(f"""{ROLE}
resource "aws_iam_role_policy_attachment" "twice" {{
  count      = 2
  role       = aws_iam_role.r.name
  policy_arn = "{ADMIN_ARN}"
}}
resource "aws_iam_role_policy_attachment" "mapped" {{
  for_each   = {{ admin = "AdministratorAccess", reads = "ReadOnlyAccess" }}
  role       = aws_iam_role.r.name
  policy_arn = "arn:aws:iam::aws:policy/${{each.value}}"
}}
variable "unknown" {{
  type = number
}}
resource "aws_iam_role_policy_attachment" "maybe" {{
  count      = var.unknown
  role       = aws_iam_role.r.name
  policy_arn = "{ADMIN_ARN}"
}}
""")
    assert found == [None, None, None, None]


def test_a_block_in_a_module_called_twice_stays() -> None:
    module = f"""variable "name" {{}}
resource "aws_iam_user" "u" {{
  name = var.name
}}
resource "aws_iam_user_policy_attachment" "admin" {{
  user       = aws_iam_user.u.name
  policy_arn = "{ADMIN_ARN}"
}}
"""
    call = 'module "%s" {\n  source = "./user"\n  name   = "%s"\n}\n'
    once = {"main.tf": (call % ("a", "a")).encode(), "user/main.tf": module.encode()}
    twice = once | {"b.tf": (call % ("b", "b")).encode()}
    assert [a.removal is None for a in attachments(once)] == [False]
    assert [a.removal is None for a in attachments(twice)] == [True, True]


def test_a_block_that_may_make_one_instance_goes_whole() -> None:
    (text,) = without_admin(f"""{ROLE}
variable "debug" {{
  type = bool
}}

resource "aws_iam_role_policy_attachment" "admin" {{
  count      = var.debug ? 1 : 0
  role       = aws_iam_role.r.name
  policy_arn = "{ADMIN_ARN}"
}}
""")
    assert (
        text
        == f"""{ROLE}
variable "debug" {{
  type = bool
}}
"""
    )
