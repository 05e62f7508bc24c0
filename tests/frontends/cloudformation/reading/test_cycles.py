"""Circles of resources and conditions are told once, and what is none is not."""

import pytest

from leastwise.frontends.cloudformation.reading.cycles import cyclic_references
from leastwise.frontends.cloudformation.syntax.recognise import read_template
from leastwise.frontends.cloudformation.syntax.template import template_of


def told(text: str) -> list[tuple[str, str]]:
    data = f'AWSTemplateFormatVersion: "2010-09-09"\n{text}'.encode()
    template = template_of("t.yaml", read_template("t.yaml", data).body)
    return [
        (d.message, data[d.span.start : d.span.end].decode()) for d in cyclic_references(template)
    ]


def _resources(*lines: str) -> str:
    return "Resources:\n" + "".join(f"  {line}\n" for line in lines)


def _role(name: str, value: str) -> str:
    return f"{name}: {{Type: AWS::IAM::Role, Properties: {{Description: {value}}}}}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            _resources(_role("A", "!Ref B"), _role("B", '!Sub "${A.Arn}"')),
            [("the resources A, B depend on each other", "A")],
            id="Ref and Sub",
        ),
        pytest.param(
            _resources(_role("A", "!GetAtt A.Arn")),
            [("the resource A depends on itself", "A")],
            id="itself",
        ),
        pytest.param(
            _resources(
                "A: {Type: AWS::SNS::Topic, DependsOn: [B]}",
                "B: {Type: AWS::SNS::Topic, DependsOn: C}",
                "C: {Type: AWS::SNS::Topic, DependsOn: A}",
                "D: {Type: AWS::SNS::Topic, DependsOn: E}",
                "E: {Type: AWS::SNS::Topic, DependsOn: D}",
            ),
            [
                ("the resources A, B, C depend on each other", "A"),
                ("the resources D, E depend on each other", "D"),
            ],
            id="two circles by DependsOn",
        ),
        pytest.param(
            _resources(
                _role("A", '!If [First, !Ref B, ""]'), _role("B", '!If [First, "", !Ref A]')
            ),
            [],
            id="branches that exclude each other",
        ),
        pytest.param(
            _resources(_role("A", "!Ref B"), _role("B", "!Ref C"), _role("C", "!Ref Missing")),
            [],
            id="a chain",
        ),
        pytest.param(
            "Conditions:\n  X: !Not [Condition: Y]\n  Y: !And [Condition: X, Condition: Z]\n"
            "  Z: !Equals [a, b]\n" + _resources(_role("A", "x")),
            [("the conditions X, Y depend on each other", "!Not [Condition: Y]")],
            id="conditions",
        ),
    ],
)
def test_circles_are_told(text, expected):
    assert told(text) == expected


def test_a_long_chain_and_a_long_circle_are_walked_without_recursion():
    chain = [_role(f"R{i}", f"!Ref R{i + 1}") for i in range(3_000)]
    assert told(_resources(*chain, _role("R3000", "end"))) == []
    ((message, _),) = told(_resources(*chain, _role("R3000", "!Ref R0")))
    assert message.endswith(", ... depend on each other")
