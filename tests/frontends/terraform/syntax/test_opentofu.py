"""A ``.tofu`` file hides its ``.tf`` twin only from OpenTofu: neither hides what the other grants.

Source: https://opentofu.org/docs/language/files/#file-extension
"""

import pytest

from leastwise.config.model import Config
from leastwise.frontends.terraform.evaluation.evaluate import evaluate_root
from leastwise.frontends.terraform.modules.discover import roots
from leastwise.iam.project import Root
from leastwise.source.tree import MemoryTree

ROLE = 'resource "aws_iam_role" "%s" {\n  name = "%s"\n}\n'


def found(files: dict[str, str], *, opentofu: bool = False) -> list[str]:
    """Return what each root holds, as ``path tool: address=name ...``."""
    tree = MemoryTree({path: text.encode() for path, text in files.items()})
    config = Config(opentofu=opentofu)
    return [_described(root, tree, config) for root in roots(tree, tuple(sorted(files)), config)]


def _described(root: Root, tree: MemoryTree, config: Config) -> str:
    evaluated = evaluate_root(root, tree, config)
    names = [
        f"{i.address}={i.body.attributes['name'].literal}"  # type: ignore[union-attr]
        for i in evaluated.instances
    ]
    names += [diagnostic.code for diagnostic in evaluated.diagnostics]
    return " ".join([f"{root.path} {root.tool}:", *names])


@pytest.mark.parametrize(
    ("files", "opentofu", "expected"),
    [
        ({"a.tf": ROLE % ("a", "1"), "b.tofu": ROLE % ("b", "2")}, False, [" : {a}=1 {b}=2"]),
        (
            {"a.tf": ROLE % ("a", "1"), "a.tofu": ROLE % ("a", "2")},
            False,
            [" terraform: {a}=1", " opentofu: {a}=2"],
        ),
        ({"a.tf": ROLE % ("a", "1"), "a.tofu": ROLE % ("a", "2")}, True, [" opentofu: {a}=2"]),
        (
            {"a.tf": ROLE % ("a", "1"), "a.tofu.json": '{"locals": {}}'},
            False,
            [" : {a}=1"],
        ),
        (
            {"a.tf.json": "{}", "a.tofu.json": '{"resource":{"aws_iam_role":{"a":{"name":"2"}}}}'},
            False,
            [" terraform:", " opentofu: {a}=2"],
        ),
        (
            {"a.tf": ROLE % ("a", "1"), "x_override.tofu": ROLE % ("a", "2")},
            False,
            [" terraform: {a}=1", " opentofu: {a}=2"],
        ),
        (
            {"a.tf": ROLE % ("a", "1"), "b.tofu": ROLE % ("a", "2")},
            False,
            [" : {a}=1 duplicate-key"],
        ),
    ],
)
def test_both_are_judged_unless_opentofu_is_said_to_run(
    files: dict[str, str], opentofu: bool, expected: list[str]
) -> None:
    spelled = [text.format(a="aws_iam_role.a", b="aws_iam_role.b") for text in expected]
    assert found(files, opentofu=opentofu) == spelled


def test_a_twin_in_a_called_module_counts() -> None:
    files = {
        "main.tf": 'module "m" {\n  source = "./m"\n}\n',
        "m/x.tf": ROLE % ("a", "1"),
        "m/x.tofu": ROLE % ("a", "2"),
        "other/x.tf": ROLE % ("a", "3"),
    }
    assert found(files) == [
        " terraform: module.m.aws_iam_role.a=1",
        " opentofu: module.m.aws_iam_role.a=2",
        "other : aws_iam_role.a=3",
    ]
