"""Files in JSON syntax read as Terraform reads them, with places in the JSON.

Source: https://developer.hashicorp.com/terraform/language/syntax/json
"""

from typing import TYPE_CHECKING

import pytest

from leastwise.config.model import Config
from leastwise.frontends.terraform.model import Body, Evaluated
from leastwise.frontends.terraform.project import load
from leastwise.frontends.terraform.syntax.json_syntax import parse_json_file
from leastwise.frontends.terraform.syntax.tree import File, LiteralPart, Template
from leastwise.iam.project import Project, Root
from leastwise.source.diagnostic import Diagnostic
from leastwise.source.json_write import json_text
from leastwise.source.text import display, source_spans
from leastwise.source.tree import MemoryTree
from leastwise.source.value import Chars, Text, Value

if TYPE_CHECKING:
    from tests.frontends.terraform.conftest import Evaluate


def parsed(text: str) -> File:
    file = parse_json_file("main.tf.json", text.encode())
    assert isinstance(file, File), file
    return file


def refused(text: str) -> Diagnostic:
    problem = parse_json_file("main.tf.json", text.encode())
    assert isinstance(problem, Diagnostic)
    return problem


def loaded(text: str) -> Project:
    tree = MemoryTree({"main.tf.json": text.encode()})
    return load(Root("terraform", ""), tree, Config())


def body_of(evaluated: Evaluated, address: str) -> Body:
    (found,) = (i.body for i in evaluated.instances if i.address == address)
    return found


def spelled(value: Value) -> str:
    return display(json_text(value))


def local(evaluate: "Evaluate", text: str) -> str:
    """Return a local as JSON; the expected values below are what Terraform 1.11.4 plans."""
    files = {
        "main.tf.json": '{"variable": {"v": {"default": "x"}}, "locals": {"a": ' + text + "}}",
        "use.tf": 'resource "t" "x" {\n  a = local.a\n}\n',
    }
    return spelled(body_of(evaluate(files), "t.x").attributes["a"])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"x"', '"x"'),
        ("1e3", "1000"),
        ("null", "null"),
        ('{"//": "kept", "${var.v}y": 3}', '{"//":"kept","xy":3}'),
        ('["${1 + 1}", "${true}", " ${true}"]', '[2,true," true"]'),
        ('"%{ if var.v == \\"x\\" }yes%{ else }no%{ endif }"', '"yes"'),
        ('"a\\\\n\\n$${x} \\"${\\"q\\\\t\\"}\\" ${~ \\"x\\" }  "', '"a\\\\n\\n${x} \\"q\\t\\"x  "'),
        ('"${[for i in [1, 2] : \\"\\u00e9${i}\\"]}"', '["é1","é2"]'),
        ('"é😀${var.v}\\ud83d\\ude00"', '"é😀x😀"'),
    ],
)
def test_strings_are_templates(evaluate: "Evaluate", text: str, expected: str) -> None:
    assert local(evaluate, text) == expected


def test_what_terraform_takes_as_written_is_no_template(evaluate: "Evaluate") -> None:
    text = (
        '{"variable": {"v": {"type": "list(string)", "default": ["${x} %{"]}},'
        ' "resource": {"t": {"x": {"a": "${var.v}", "depends_on": ["t.y"],'
        ' "provider": "aws.west"}}}}'
    )
    (instance,) = evaluate({"main.tf.json": text}).instances
    assert instance.provider == "aws.west"
    assert list(instance.body.attributes) == ["a"]
    assert spelled(instance.body.attributes["a"]) == '["${x} %{"]'


def test_every_object_is_a_block_and_an_argument(evaluate: "Evaluate") -> None:
    text = '{"resource": {"t": {"x": {"one": {"k": 1}, "many": [{"k": 2}, {"k": 3}], "no": []}}}}'
    body = body_of(evaluate({"main.tf.json": text}), "t.x")
    assert {n: spelled(v) for n, v in body.attributes.items()} == {
        "one": '{"k":1}',
        "many": '[{"k":2},{"k":3}]',
        "no": "[]",
    }
    assert [(kind, spelled(b.attributes["k"])) for kind, b in body.blocks] == [
        ("one", "1"),
        ("many", "2"),
        ("many", "3"),
    ]


def test_names_of_blocks_mean_nothing_inside_of_resources(evaluate: "Evaluate") -> None:
    text = (
        '{"resource": {"t": {"x": {"data": {"a": "${1}"}, "module": {"source": "${2}"},'
        ' "dynamic": {"not": {"a": "block"}}}}}}'
    )
    body = body_of(evaluate({"main.tf.json": text}), "t.x")
    assert {n: spelled(v) for n, v in body.attributes.items()} == {
        "data": '{"a":1}',
        "module": '{"source":2}',
        "dynamic": '{"not":{"a":"block"}}',
    }


def test_dynamic_blocks_are_expanded_and_never_taken_for_arguments(evaluate: "Evaluate") -> None:
    text = (
        '{"resource": {"t": {"x": {"outer": {"dynamic": {"inner": {"for_each": ["a", "b"],'
        ' "iterator": "it", "content": {"k": "${it.value}${it.key}"}}}}}}}}'
    )
    evaluated = evaluate({"main.tf.json": text})
    body = body_of(evaluated, "t.x")
    assert body.attributes == {}
    ((_, outer),) = body.blocks
    assert [spelled(b.attributes["k"]) for _, b in outer.blocks] == ['"a0"', '"b1"']
    assert evaluated.diagnostics == ()


def test_labels_may_be_spread_over_lists(evaluate: "Evaluate") -> None:
    text = (
        '[{"//": "x"}, {"resource": [{"t": {"x": [{"a": 1}]}}, {"t": [{"y": {"a": 2}}]}]},'
        ' {"locals": [{"l": 1}, null]}]'
    )
    evaluated = evaluate({"main.tf.json": text})
    assert [i.address for i in evaluated.instances] == ["t.x", "t.y"]


def test_modules_outputs_and_aliases_are_followed(evaluate: "Evaluate") -> None:
    files = {
        "main.tf.json": '{"provider": {"aws": [{"alias": "b", "allowed_account_ids":'
        ' ["111122223333"]}]}, "module": {"m": {"source": "./m", "in": "v${1}",'
        ' "providers": {"aws": "aws.b"}}}, "resource": {"t": {"x": {"a": "${module.m.out}"}}}}',
        "m/main.tf.json": '{"variable": {"in": {}}, "output": {"out": {"value": "${var.in}"}},'
        ' "resource": {"aws_x": {"y": {}}}}',
    }
    evaluated = evaluate(files)
    assert spelled(body_of(evaluated, "t.x").attributes["a"]) == '"v1"'
    assert evaluated.accounts == {"aws.b": "111122223333"}
    assert [i.provider for i in evaluated.instances if i.type == "aws_x"] == ["aws.b"]


def test_a_lone_object_that_is_referred_to_is_not_known(evaluate: "Evaluate") -> None:
    text = '{"resource": {"t": {"x": {"b": {"k": 1}}, "y": {"a": "${t.x.b[0].k}"}}}}'
    found = body_of(evaluate({"main.tf.json": text}), "t.y").attributes["a"]
    assert spelled(found) == "${t.x.b[0].k}"


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ('{"resource": 1}', "1", "'resource' must be an object or a list of objects"),
        ('{"locals": ["x"]}', '"x"', "a 'locals' block must be an object or a list of objects"),
        ('{"locals": {"a": "b ${1 + } c"}}', "+ }", "this is not a valid template"),
        (
            '{"variable": {"v": {"type": "list("}}}',
            "",
            "this string must spell a reference or a type",
        ),
    ],
)
def test_what_terraform_refuses_is_refused_at_its_place(
    text: str, place: str, message: str
) -> None:
    problem = refused(text)
    assert (problem.severity, problem.code, problem.message) == ("error", "syntax-error", message)
    written = text.encode()[problem.span.start : problem.span.end].decode()
    assert place in written or not place


def test_a_template_maps_to_the_characters_of_the_json() -> None:
    text = '{"locals": {"é": "\\u00e9 \\"ü ${1}😀$${y}\\n"}}'
    (block,) = parsed(text).blocks
    found = block.attributes["é"].expression
    assert isinstance(found, Template)
    data = text.encode()
    parts = [part.chars for part in found.parts if isinstance(part, LiteralPart)]
    assert "|".join(part.text for part in parts) == 'é "ü |😀${y}\n'
    for chars in parts:
        for segment in chars.segments:
            written = data[segment.span.start : segment.span.end].decode()
            stands_for = chars.text[segment.start : segment.end]
            assert segment.codecs == ("json-string", "heredoc")
            assert written == stands_for if segment.exact else written != stands_for
    assert data[found.span.start : found.span.end].decode().startswith('"\\u00e9')


def test_actions_in_json_strings_point_at_themselves() -> None:
    text = (
        '{"resource": {"aws_iam_role_policy": {"p": {"role": "r", "policy":'
        ' "{\\"Statement\\":[{\\"Effect\\":\\"Allow\\",\\"Action\\":\\"iam:Pass${\\"Role\\"}\\",'
        '\\"Resource\\":\\"*\\"}]}"}}}}'
    )
    (policy,) = loaded(text).policies
    (statement,) = policy.document.statements
    (action,) = statement.actions.globs
    assert action.origin is not None
    (piece,) = action.origin.pieces
    assert isinstance(piece, Chars)
    assert piece.text == "iam:PassRole"
    written = [text.encode()[s.start : s.end].decode() for s in source_spans(piece)]
    assert written == ["iam:Pass", "Role"]


def test_a_document_in_json_syntax_is_the_one_in_hcl(evaluate: "Evaluate") -> None:
    as_json = (
        '{"data": {"aws_iam_policy_document": {"d": {"statement": {"actions": ["s3:*"],'
        ' "resources": ["*"], "principals": {"type": "AWS", "identifiers": ["*"]},'
        ' "condition": [{"test": "Bool", "variable": "aws:x", "values": ["${true}"]}]}}}},'
        ' "resource": {"t": {"x": {"a": "${data.aws_iam_policy_document.d.json}"}}}}'
    )
    as_hcl = """
data "aws_iam_policy_document" "d" {
  statement {
    actions   = ["s3:*"]
    resources = ["*"]
    principals {
      type        = "AWS"
      identifiers = ["*"]
    }
    condition {
      test     = "Bool"
      variable = "aws:x"
      values   = [true]
    }
  }
}

resource "t" "x" {
  a = data.aws_iam_policy_document.d.json
}
"""
    found = [
        body_of(evaluate(files), "t.x").attributes["a"]
        for files in ({"main.tf.json": as_json}, {"main.tf": as_hcl})
    ]
    assert all(isinstance(text, Text) for text in found)
    assert spelled(found[0]) == spelled(found[1])
