"""Calls that CloudFormation would refuse are told; what may be right is not."""

import pytest

from leastwise.frontends.cloudformation.reading.malformed import malformed_functions
from leastwise.frontends.cloudformation.syntax.recognise import read_template
from leastwise.frontends.cloudformation.syntax.template import template_of


def told(call: str) -> list[str]:
    data = (
        "Resources:\n  A:\n    Type: AWS::IAM::Role\n    Properties:\n"
        f"      Description: {call}\n      Path: /\n"
    ).encode()
    template = template_of("t.yaml", read_template("t.yaml", data).body)
    return [d.message.partition(";")[0] for d in malformed_functions(template)]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ("!Ref [A]", "Ref takes the name of a parameter or resource"),
        ('{Ref: ""}', "Ref takes the name of a parameter or resource"),
        ("{Ref: null}", "Ref takes the name of a parameter or resource"),
        ("!GetAtt A", "Fn::GetAtt takes a logical id and an attribute"),
        ("{'Fn::GetAtt': [A]}", "Fn::GetAtt takes a logical id and an attribute"),
        ("!Sub [a]", "Fn::Sub takes a string, or a list of a string and a map"),
        ("!Sub [a, b]", "Fn::Sub takes a string, or a list of a string and a map"),
        ("!If [IsProd, a]", "Fn::If takes a condition and two values"),
        ("!If [[IsProd], a, b]", "Fn::If takes a condition and two values"),
        ('!Join ["", a]', "Fn::Join takes a delimiter and a list"),
        ('!Join ["", a, b]', "Fn::Join takes a delimiter and a list"),
        ('!Split [","]', "Fn::Split takes a delimiter and a string"),
        ("!Select [0]", "Fn::Select takes an index and a list"),
        ("!FindInMap [Map, key]", "Fn::FindInMap takes a map and two keys"),
    ],
)
def test_wrong_arguments_are_told(call, message):
    assert told(call) == [message]


@pytest.mark.parametrize(
    "call",
    [
        "!Ref A",
        "!GetAtt A.Arn",
        "!GetAtt [A, Outputs.Arn]",
        "!GetAtt [A, !Ref Name]",
        '!Sub "${A}"',
        '!Sub ["${X}", {X: !Ref A}]',
        "{'Fn::Sub': {'Fn::Transform': {Name: Embed, Parameters: {}}}}",
        "!If [IsProd, !Ref A, !Ref AWS::NoValue]",
        '!Join ["", [a, !Ref A]]',
        '!Join [",", !Ref A]',
        "!Split [!Ref A, !ImportValue x]",
        '!Select ["1", !GetAZs ""]',
        "!Select [!Ref A, [a, b]]",
        "!FindInMap [Map, !Ref AWS::Region, key]",
        "!FindInMap [Map, a, b, {DefaultValue: c}]",
        "{Ref: A, Other: key}",
    ],
)
def test_what_may_be_right_is_not_told(call):
    assert told(call) == []
