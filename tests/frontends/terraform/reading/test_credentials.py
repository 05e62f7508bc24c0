"""Which credentials a root makes, whose they are, and which outputs show one."""

from leastwise.config.model import Config
from leastwise.frontends import terraform
from leastwise.iam.project import Credential, Root
from leastwise.source.tree import MemoryTree

KEYS = """\
resource "aws_iam_user" "ci" { name = "ci" }
resource "aws_iam_access_key" "ci" { user = aws_iam_user.ci.name }
resource "aws_iam_access_key" "sealed" {
  user    = "sealed"
  pgp_key = "keybase:somebody"
}
"""


def credentials(**files: str) -> list[Credential]:
    tree = MemoryTree({f"{name}.tf": text.encode() for name, text in files.items()})
    return list(terraform.load(Root("terraform", ""), tree, Config()).credentials)


def shown(value: str) -> list[str]:
    found = credentials(main=f'{KEYS}output "x" {{ value = {value} }}')
    return [one.shown_as for one in found if one.kind == "output"]


def test_keys_and_passwords_name_their_user_and_say_whether_the_secret_is_sealed() -> None:
    profile = 'resource "aws_iam_user_login_profile" "p" { user = "ana" }'
    found = credentials(main=f"{KEYS}{profile}")
    assert [(c.kind, c.address, str(c.user), c.guarded) for c in found] == [
        ("access-key", "aws_iam_access_key.ci", "ci", False),
        ("access-key", "aws_iam_access_key.sealed", "sealed", True),
        ("password", "aws_iam_user_login_profile.p", "ana", False),
    ]


def test_an_output_shows_a_secret_through_what_is_made_of_it() -> None:
    for value in (
        "aws_iam_access_key.ci.secret",
        "nonsensitive(aws_iam_access_key.ci.secret)",
        "base64encode(aws_iam_access_key.ci.secret)",
        "[aws_iam_access_key.ci.secret]",
        "jsonencode({ key = aws_iam_access_key.ci.secret })",
        '"${aws_iam_access_key.ci.id}:${aws_iam_access_key.ci.secret}"',
    ):
        assert shown(value) == ["aws_iam_access_key.ci.secret"], value


def test_what_is_no_secret_or_a_sealed_one_is_not_shown() -> None:
    for value in (
        "aws_iam_access_key.ci.id",
        "aws_iam_access_key.sealed.encrypted_secret",
        "aws_iam_access_key.sealed.secret",
        "aws_iam_user.ci.arn",
    ):
        assert shown(value) == [], value


def test_an_output_of_a_module_counts_where_the_root_gives_it_on() -> None:
    module = f'{KEYS}output "secret" {{ value = aws_iam_access_key.ci.secret }}'
    call = 'module "m" { source = "./m" }\n'
    tree = {"main.tf": call.encode(), "m/main.tf": module.encode()}
    given = {**tree, "out.tf": b'output "again" { value = module.m.secret }'}
    kinds = []
    for files in (tree, given):
        project = terraform.load(Root("terraform", ""), MemoryTree(files), Config())
        kinds.append([c.address for c in project.credentials if c.kind == "output"])
    assert kinds == [[], ["output.again"]]


def test_a_root_without_credentials_has_no_outputs_evaluated() -> None:
    assert credentials(main='output "x" { value = nosuch.thing }') == []
