"""Intrinsic functions one by one, over values that are known in part."""

import pytest

from leastwise.frontends.cloudformation.evaluation.intrinsics import evaluate, root_scope
from leastwise.frontends.cloudformation.scope.environment import Environment
from leastwise.frontends.cloudformation.syntax.recognise import read_template
from leastwise.frontends.cloudformation.syntax.template import template_of
from leastwise.iam.resolution import plain
from leastwise.iam.worlds import worlds
from leastwise.source.text import glob_of
from leastwise.source.value import Scalar, Text, Unknown

PATH = "stack.yaml"

HEAD = """
AWSTemplateFormatVersion: 2010-09-09
Transform: AWS::LanguageExtensions
Parameters:
  Env: {Type: String}
  Free: {Type: String}
  Names: {Type: CommaDelimitedList, Default: 'a, b,c'}
  Open: {Type: CommaDelimitedList}
  Size: {Type: String, AllowedValues: [small, large]}
Mappings:
  Accounts:
    prod: {id: '111122223333', list: [x, y], flag: true}
    dev: {id: '444455556666', list: [z], flag: false}
  Regions:
    us-east-1: {bucket: east-bucket, '012345678901': mine}
    eu-west-1: {bucket: west-bucket, '111122223333': yours}
  Sizes:
    small: {kind: t}
    large: {kind: m}
  Many:
    r1: {v: lb-1}
    r2: {v: lb-2}
    r3: {v: lb-3}
    r4: {v: lb-4}
    r5: {v: lb-5}
    r6: {v: lb-6}
    r7: {v: lb-7}
    r8: {v: lb-8}
    r9: {v: lb-9}
Conditions:
  IsProd: !Equals [!Ref Env, prod]
  IsDev: !Equals [!Ref Env, dev]
  InEast: !Equals [!Ref 'AWS::Region', us-east-1]
Resources:
  Queue: {Type: 'AWS::SQS::Queue', Properties: {QueueName: jobs}}
  R:
    Type: AWS::SNS::Topic
    Properties:
      V: """


def value_of(expression, **environment):
    body = read_template(PATH, (HEAD + expression + "\n").encode()).body
    scope = root_scope(template_of(PATH, body), Environment(PATH, **environment))
    return evaluate(scope.template.resources["R"].properties.get("V"), scope)


def found_worlds(expression, **environment):
    parts, capped = worlds(value_of(expression, **environment), ())
    assert not capped
    return [(" and ".join(a.text for a in when), plain(part)) for when, part in parts]


PROD, DEV = "parameter Env is 'prod'", "parameter Env is not 'prod'"


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        # Fn::Sub
        ("!Sub 'a${!Literal}b'", "a${Literal}b"),
        ("!Sub '${Queue.QueueName}-${AWS::URLSuffix}'", "jobs-${AWS::URLSuffix}"),
        ("!Sub ['${X}-${Env}', {X: 1}]", "1-${Env}"),
        ("!Sub ['${X}', {X: true}]", "true"),
        ("!Sub ['${X}', {X: 012345678901}]", "012345678901"),
        ("!Sub ['${Env}', {Env: mine}]", "mine"),
        # Fn::Join
        ("!Join ['', [a, b]]", "ab"),
        ("!Join [!Sub '/', [a, b]]", "a/b"),
        ("!Join [!Ref Free, [a, b]]", "a${Free}b"),
        ("!Join ['-', !Split [',', 'x,y']]", "x-y"),
        ("!Join ['-', []]", ""),
        ("!Join ['-', [a, 1, true]]", "a-1-true"),
        ("!Join ['-', !Ref Names]", "a-b-c"),
        # Fn::Split
        ("!Split [',', 'a,,b']", ["a", "", "b"]),
        ("!Split ['::', 'a::b:c']", ["a", "b:c"]),
        ("!Split [':', !GetAtt Queue.Arn]",
         ["arn", "${AWS::Partition}", "sqs", "${AWS::Region}", "${AWS::AccountId}", "jobs"]),
        ("!Split [', ', !Sub 'x, ${AWS::Region}']", ["x", "${AWS::Region}"]),
        # Fn::Select
        ("!Select [0, !Ref Names]", "a"),
        ("!Select ['2', [a, !Ref AWS::NoValue, b, c]]", "c"),
        ("!Select [5, !Split [':', !GetAtt Queue.Arn]]", "jobs"),
        ("!Select [4, !Split [':', !GetAtt Queue.Arn]]", "${AWS::AccountId}"),
        # Fn::FindInMap
        ("!FindInMap [Accounts, prod, id]", "111122223333"),
        ("!FindInMap [Accounts, prod, list]", ["x", "y"]),
        ("!FindInMap [Accounts, prod, flag]", True),
        ("!FindInMap [!Sub 'Accounts', !Join ['', [pr, od]], !Select [0, [id]]]", "111122223333"),
        ("!FindInMap [Accounts, test, id, {DefaultValue: none}]", "none"),
        ("!FindInMap [Accounts, prod, name, {DefaultValue: !Ref Free}]", "${Free}"),
        ("!FindInMap [Accounts, prod, name]", "${Fn::FindInMap}"),
        ("!FindInMap [Nowhere, prod, name]", "${Fn::FindInMap}"),
        # Fn::Base64, Fn::Length, Fn::ToJsonString
        ("!Base64 hello", "aGVsbG8="),
        ("!Base64 {'Fn::Sub': 'héllo'}", "aMOpbGxv"),
        ("!Base64 {Ref: Free}", "${Fn::Base64}"),
        ("!Length [a, b, !Ref AWS::NoValue]", 2),
        ("!Length {Ref: Names}", 3),
        ("!Length {Ref: Open}", "${Fn::Length}"),
        ("!ToJsonString {a: 1, b: [!Ref Env, null, true], c: !Ref AWS::NoValue}",
         {"a": 1, "b": ["${Env}", None, True]}),
        # Others
        ("!Cidr [10.0.0.0/16, 4, 8]", "${Fn::Cidr}"),
        ("!GetAtt [Queue, !Sub Arn]",
         "arn:${AWS::Partition}:sqs:${AWS::Region}:${AWS::AccountId}:jobs"),
        ("!Ref {'Fn::Sub': 'Queue'}",
         "https://sqs.${AWS::Region}.${AWS::URLSuffix}/${AWS::AccountId}/jobs"),
        ("!ImportValue {'Fn::Sub': '${Env}-bucket'}", "${ImportValue ${Env}-bucket}"),
        ("2012-10-17", "2012-10-17"),
    ],
)  # fmt: skip
def test_a_function_gives(expression, expected):
    value = value_of(expression)
    if isinstance(value, Text) and len(value.pieces) == 1 and hasattr(value.pieces[0], "layout"):
        assert value.pieces[0].layout == "compact"
        value = value.pieces[0].value
    assert plain(value) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("!Join ['-', [a, !If [IsProd, b, !Ref 'AWS::NoValue'], c]]",
         [(PROD, "a-b-c"), (DEV, "a-c")]),
        ("!Join ['-', !If [IsProd, [a, b], [c]]]", [(PROD, "a-b"), (DEV, "c")]),
        ("!Sub ['x${Y}', {Y: !If [IsProd, 1, 2]}]", [(PROD, "x1"), (DEV, "x2")]),
        ("!Sub 'x-${Size}'",
         [("parameter Size is 'small'", "x-small"), ("parameter Size is 'large'", "x-large")]),
        ("!Split [',', !If [IsProd, 'a,b', c]]", [(PROD, ["a", "b"]), (DEV, ["c"])]),
        ("!Select [!If [IsProd, 0, 1], [a, b]]", [(PROD, "a"), (DEV, "b")]),
        ("!Select [1, [a, !If [IsProd, b, !Ref 'AWS::NoValue'], c]]", [(PROD, "b"), (DEV, "c")]),
        ("!Length [a, !If [IsProd, b, !Ref 'AWS::NoValue']]", [(PROD, 2), (DEV, 1)]),
        ("!Base64 {'Fn::If': [IsProd, a, b]}", [(PROD, "YQ=="), (DEV, "Yg==")]),
        ("{a: 1, b: !If [IsProd, 2, !Ref 'AWS::NoValue']}",
         [(PROD, {"a": 1, "b": 2}), (DEV, {"a": 1})]),
        ("!If [IsProd, !If [IsProd, a, b], !Ref Free]", [(PROD, "a"), (DEV, "${Free}")]),
        # A mapping without a row for the key is refused: what is deployed has one of the keys.
        ("!FindInMap [Accounts, !Ref Env, id]",
         [(PROD, "111122223333"), ("parameter Env is 'dev'", "444455556666")]),
        ("[!FindInMap [Accounts, !Ref Env, id], !If [IsProd, a, b]]",
         [(PROD, ["111122223333", "a"]), ("parameter Env is 'dev'", ["444455556666", "b"])]),
        ("!If [IsProd, !FindInMap [Accounts, !Ref Env, id], b]",
         [(PROD, "111122223333"), ("parameter Env is 'dev'", "b"),
          ("parameter Env is none of 'prod', 'dev'", "b")]),
        ("!FindInMap [Accounts, !Ref Env, id, {DefaultValue: none}]",
         [(PROD, "111122223333"), ("parameter Env is 'dev'", "444455556666"),
          ("parameter Env is none of 'prod', 'dev'", "none")]),
        ("!FindInMap [Sizes, !Ref Size, kind]",
         [("parameter Size is 'small'", "t"), ("parameter Size is 'large'", "m")]),
        ("[!FindInMap [Regions, !Ref 'AWS::Region', bucket], !If [InEast, a, b]]",
         [("AWS::Region is 'us-east-1'", ["east-bucket", "a"]),
          ("AWS::Region is 'eu-west-1'", ["west-bucket", "b"])]),
        ("!FindInMap [Regions, us-east-1, !Ref 'AWS::AccountId']", [("", "mine")]),
    ],
)  # fmt: skip
def test_a_function_of_what_is_chosen_is_chosen_alike(expression, expected):
    assert found_worlds(expression) == expected


def test_a_known_region_selects_its_row():
    found = value_of("!FindInMap [Regions, !Ref 'AWS::Region', bucket]", region="eu-west-1")
    assert plain(found) == "west-bucket"


@pytest.mark.parametrize(
    ("expression", "glob", "reason"),
    [
        ("!FindInMap [Many, !Ref 'AWS::Region', v]", "lb-*", "the key that is looked up is not known"),
        ("!Select [!Ref Free, [s3:Get, s3:Put]]", "s3:*t",
         "which item of the list is selected is not known"),
        ("!Select [7, [a]]", "*", "the list has no item 7, it has 1"),
        ("!Select [0, !GetAZs '']", "**", "which zones there are differs by account"),
        ("!Select [0, !GetAZs us-east-1]", "us-east-1*", "which zones there are differs by account"),
        ("!Join ['', !Ref Open]", "*",
         "the list that is joined is not known: a parameter without default"),
        ("!Cidr [10.0.0.0/16, 4, 8]", "*", "blocks of addresses are not worked out"),
        ("{'Fn::GetStackOutput': [a, b]}", "*", "it is an output of another stack"),
        ("{'Fn::New': x}", "*", "Fn::New is not evaluated"),
        ("{'Fn::Transform': {Name: Mine}}", "*", "the macro 'Mine' is not run"),
        ("{'Fn::Transform': [{Name: Mine, Parameters: {}}]}", "*", "the macro 'Mine' is not run"),
        ("{'Fn::Transform': {}}", "*", "a macro is not run"),
        ("!Equals [a, b]", "*", "it stands outside of the Conditions section"),
        ("!Sub ['${X}', {X: [a]}]", "*", "a list or an object stands where a string should"),
        ("!ImportValue shared", "*", "'shared' is exported by another stack"),
        ("!ToJsonString {Ref: Free}", "*",
         "what is spelled as JSON is not known: a parameter without default"),
        ("!Join [x]", "*", "the argument of Fn::Join is not one that CloudFormation takes"),
        ("!FindInMap [!Ref Free, a, b]", "*", "which mapping is looked up is not known"),
        ("!FindInMap [Nowhere, a, b]", "*", "the template has no mapping 'Nowhere'"),
    ],
)  # fmt: skip
def test_what_is_not_known_says_why_and_what_it_matches(expression, glob, reason):
    value = value_of(expression)
    assert isinstance(value, Unknown)
    assert (value.symbol.glob, value.reason, value.symbol.reason) == (glob, reason, reason)
    assert value.symbol.span is not None


def test_the_pieces_before_an_unknown_one_are_split_and_the_rest_is_open():
    value = value_of("!Split [',', !Sub 'a,b-${Free},c']")
    assert [glob_of(item) for item in value.items] == ["a", "b-*"]
    assert value.tail is not None
    assert glob_of(Text((value_of("!Select [2, !Split [',', !Sub 'a,${Free}']]").symbol,))) == "*"


def test_a_region_may_hold_the_dash_that_it_is_split_at():
    value = value_of("!Split ['-', !Sub 'a-${AWS::Region}']")
    assert [glob_of(item) for item in value.items] == ["a", "*"]
    assert value.tail is not None


def test_one_export_is_one_symbol_in_all_stacks_of_a_root():
    assert value_of("!ImportValue shared").symbol.id == "stack.yaml|Fn::ImportValue 'shared'"


def test_too_many_worlds_keep_what_the_alternatives_share():
    parameters = [f"P{i}" for i in range(5)]
    text = (
        "Parameters:\n"
        + "".join(f"  {p}: {{Type: String, AllowedValues: [x{p}, y{p}]}}\n" for p in parameters)
        + "Resources:\n  R:\n    Type: AWS::SNS::Topic\n    Properties:\n      V: !Sub 'arn:"
        + ":".join(f"${{{p}}}" for p in parameters)
        + "'\n"
    )
    body = read_template(PATH, text.encode()).body
    scope = root_scope(template_of(PATH, body))
    value = evaluate(scope.template.resources["R"].properties.get("V"), scope)
    assert glob_of(value) == "arn:*P0:*P1:*P2:*P3:*P4"


def test_a_length_is_a_number():
    assert value_of("!Length [a]") == Scalar(1)


@pytest.mark.parametrize("name", ["Sub", "Join", "Select", "Split", "FindInMap", "If", "Length",
                                  "Base64", "ToJsonString", "GetAZs", "ImportValue", "Transform",
                                  "GetAtt", "Cidr", "And"])  # fmt: skip
@pytest.mark.parametrize("argument", ["[]", "{}", "null", "1", "[[]]", "[1, 2, 3, 4, 5]", "[{}, {}]",
                                      "[[], []]", "[a, b, c]", "''", "[a, !Ref Env]", "[null, null]"])  # fmt: skip
def test_no_argument_is_more_than_a_value_that_is_not_known(name, argument):
    assert value_of(f"{{'Fn::{name}': {argument}}}") is not None


def test_deep_nesting_of_every_function_ends():
    for start, end in (
        ("{'Fn::Join': ['', [", "]]}"),
        ("{'Fn::If': [IsProd, ", ", x]}"),
        ("{'Fn::Sub': ['${a}', {a: ", "}]}"),
        ("{'Fn::Select': [0, [", "]]}"),
        ("{'Fn::FindInMap': [Accounts, ", ", id]}"),
    ):
        levels = 16
        assert value_of(start * levels + "x" + end * levels) is not None


def test_a_lookup_with_too_few_keys_does_not_count_beside_others():
    both = "[!FindInMap [Accounts, !Ref Env, id], !FindInMap [Accounts, !Ref Env]]"
    assert plain(value_of(both))[1] == "${Fn::FindInMap}"
