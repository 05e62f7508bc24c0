"""Whatever is cut, swapped or broken in a template, it is read and judged without an exception."""

import json
import random
import time

import pytest

from leastwise.api.check import judge, prepare
from leastwise.api.load import load_workspace
from leastwise.api.options import Options
from leastwise.api.workspace import open_workspace

REF = {"Ref": "Name"}
ALLOW = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": ["s3:Get*", {"Fn::Sub": "${Service}:Put*"}],
            "Resource": {"Fn::If": ["Wide", "*", {"Fn::Sub": "arn:aws:s3:::${Name}-${Topic}/*"}]},
            "Condition": {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}},
        }
    ],
}
TRUST = {
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"AWS": {"Fn::Join": ["", ["arn:aws:iam::", REF, ":root"]]}},
            "Action": "sts:AssumeRole",
        }
    ]
}
TEMPLATE = {
    "AWSTemplateFormatVersion": "2010-09-09",
    "Transform": ["AWS::LanguageExtensions", "AWS::Serverless-2016-10-31"],
    "Parameters": {
        "Name": {"Type": "String", "Default": "n"},
        "Service": {"Type": "String", "AllowedValues": ["s3", "iam"]},
    },
    "Mappings": {"Map": {"eu-west-1": {"Arn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}}},
    "Conditions": {
        "Wide": {"Fn::Or": [{"Fn::Equals": [REF, "*"]}, {"Fn::Not": [{"Condition": "Other"}]}]},
        "Other": {"Fn::Equals": [{"Ref": "AWS::Region"}, "eu-west-1"]},
    },
    "Resources": {
        "Role": {
            "Type": "AWS::IAM::Role",
            "Condition": "Other",
            "DependsOn": ["Topic"],
            "Properties": {
                "RoleName": {"Fn::Select": [0, {"Fn::Split": ["-", REF]}]},
                "AssumeRolePolicyDocument": TRUST,
                "ManagedPolicyArns": [
                    {"Fn::FindInMap": ["Map", {"Ref": "AWS::Region"}, "Arn"]},
                    {"Ref": "Policy"},
                ],
                "Policies": [{"PolicyName": "p", "PolicyDocument": ALLOW}],
            },
        },
        "Policy": {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": ALLOW}},
        "Topic": {"Type": "AWS::SNS::Topic"},
        "TopicPolicy": {
            "Type": "AWS::SNS::TopicPolicy",
            "Properties": {"Topics": [{"Ref": "Topic"}], "PolicyDocument": ALLOW},
        },
        "Function": {
            "Type": "AWS::Serverless::Function",
            "Properties": {
                "Policies": [{"S3ReadPolicy": {"BucketName": REF}}, ALLOW, "AWSLambdaExecute"],
                "Events": {"Api": {"Type": "Api", "Properties": {"Path": "/", "Method": "get"}}},
            },
        },
        "Fn::ForEach::Roles": [
            "I",
            ["A", "B"],
            {"Made${I}": {"Type": "AWS::IAM::Role", "Properties": {"RoleName": {"Ref": "I"}}}},
        ],
        "Nested": {
            "Type": "AWS::CloudFormation::Stack",
            "Properties": {"TemplateURL": "t.json", "Parameters": {"Name": {"Ref": "Role"}}},
        },
    },
    "Outputs": {"Arn": {"Value": {"Fn::GetAtt": ["Role", "Arn"]}, "Export": {"Name": "x"}}},
}
JUNK = [
    None, 0, -1, 3.5, True, "", "*", "${", "${a.b.c}", "a\nb", "\x1b[31m", "\ud83d\ude00", 10**60,
    [], [[]], [None], {}, {"": {}}, {"Ref": None}, {"Ref": "AWS::NoValue"}, {"Ref": "Role"},
    {"Condition": "Wide"}, {"Fn::If": []}, {"Fn::If": ["Wide", {"Ref": "AWS::NoValue"}, 1]},
    {"Fn::Sub": ["${a}", {"a": REF}]}, {"Fn::GetAtt": "Role"}, {"Fn::GetAtt": ["Nested", "Outputs.x"]},
    {"Fn::Join": ["", [REF, None, {}]]}, {"Fn::Select": [10**20, ["a"]]}, {"Fn::Split": ["", ""]},
    {"Fn::FindInMap": ["Map", "b", "c"]}, {"Fn::Cidr": ["10.0.0.0/8", 256, 8]},
    {"Fn::ForEach::X": ["i", REF, {"${i}": {"Type": "AWS::IAM::Role"}}]},
    {"Fn::Transform": {"Name": "AWS::Include", "Parameters": {"Location": "t.json"}}},
    {"Fn::ToJsonString": {"a": REF}}, {"Fn::Length": REF}, {"Fn::ImportValue": {"Fn::Sub": "${X}"}},
]  # fmt: skip
KEYS = ["Ref", "Fn::If", "Fn::Sub", "Condition", "Type", "Properties", "Statement", "Action", ""]
BYTES = b"\t\n #!\"&'*-:<>[]{}|\x00\x7f\xe9\xff"
RUNS = 80
MOST_SECONDS = 10
"""Of processor time, on a machine that may be slow."""


def places(value, path=()):
    """Yield the path of every node below a value."""
    if isinstance(value, list):
        value = dict(enumerate(value))
    for key, item in value.items() if isinstance(value, dict) else ():
        yield (*path, key)
        yield from places(item, (*path, key))


def at(value, path):
    for key in path:
        value = value[key]
    return value


def mutated(chance: random.Random) -> bytes:
    """Return the template as JSON with a few nodes deleted, moved, renamed or replaced."""
    template = json.loads(json.dumps(TEMPLATE))
    for _ in range(chance.randint(1, 4)):
        every = list(places(template))
        *path, key = chance.choice(every)
        parent = at(template, path)
        match chance.randrange(4):
            case 0:
                del parent[key]
            case 1:
                parent[key] = json.loads(json.dumps(at(template, chance.choice(every))))
            case 2 if isinstance(parent, dict):
                parent[chance.choice(KEYS)] = parent.pop(key)
            case _:
                parent[key] = chance.choice(JUNK)
    return json.dumps(template).encode()


def broken(chance: random.Random) -> bytes:
    """Return the template as YAML, cut short or with a few bytes replaced."""
    data = bytearray(json.dumps(TEMPLATE, indent=chance.choice([1, None])).encode())
    data = data.replace(b'"', b"") if chance.random() < 0.5 else data
    if chance.random() < 0.5:
        return bytes(data[: chance.randrange(len(data))])
    for _ in range(chance.randint(1, 5)):
        data[chance.randrange(len(data))] = chance.choice(BYTES)
    return bytes(data)


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize(("make", "name"), [(mutated, "t.json"), (broken, "t.yaml")])
def test_no_mutation_of_a_template_raises_or_takes_long(make, name, seed, tmp_path):
    chance = random.Random(seed)  # noqa: S311 - the same mutations in each run
    for _ in range(RUNS // 2):
        data = make(chance)
        (tmp_path / name).write_bytes(data)
        start = time.process_time()
        setup = prepare(open_workspace((name,), tmp_path), Options(jobs=1), tmp_path)
        loaded = load_workspace(setup.workspace, setup.config, setup.options)
        outcome = judge(setup, loaded)
        assert outcome.exit_code in {0, 1, 2}, data
        assert time.process_time() - start < MOST_SECONDS, data
