"""What can, who, compare, test and graph print as JSON keeps to ``answers.schema.json``."""

import json
from importlib.resources import files

import jsonschema
import pytest
from tests.api.questions.asked_tree import SHOP_TF
from tests.cli.texts import write

SCHEMA = json.loads(files("leastwise").joinpath("data/answers.schema.json").read_text("utf-8"))
OBJECT = "arn:aws:s3:::logs/a"
EXPECTATIONS = """\
version: 1
expectations:
  - {principal: app, can: {actions: "s3:GetObject", resources: "arn:aws:s3:::logs/*"}}
  - {principal: app, cannot: {actions: "s3:*"}, because: reasons}
  - {principal: app, cannot: {actions: "ec2:StopInstances"}}
  - {principal: nosuch, can: {actions: "s3:GetObject"}}
"""
STATEMENT = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": OBJECT}


def policy(**changes):
    return json.dumps({"Version": "2012-10-17", "Statement": [STATEMENT | changes]})


RUNS = [
    ("can", "can", "app", "s3:GetObject", OBJECT),
    ("can", "can", "app", "s3:PutObject", OBJECT),
    ("can", "can", "app", "ec2:StopInstances", "*"),
    ("can", "can", "123456789012", "s3:GetObject", OBJECT),
    ("who", "who", "s3:GetObject", "*"),
    ("who", "who", "s4:Nothing", "*"),
    ("compare", "compare", "old.json", "old.json"),
    ("compare", "compare", "old.json", "new.json"),
    ("compare", "compare", "old.json", "limited.json"),
    ("compare", "compare", "old.json", "nosuch.json"),
    ("test", "test", "access.yaml"),
    ("why", "why", "ann", "app"),
    ("why", "why", "ann", "admin"),
    ("why", "why", "app", "ann"),
    ("why", "why", "fenced", "admin"),
    ("graph", "graph"),
    ("graph", "graph", "--from", "ann"),
    ("graph", "graph", "--to", "admin"),
]


def closed(schema):
    """Return the schema with unknown fields refused: the writers must keep to it."""
    if isinstance(schema, list):
        return [closed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    found = {key: closed(value) for key, value in schema.items()}
    return found | ({"additionalProperties": False} if "required" in found else {})


@pytest.mark.parametrize("words", RUNS, ids=" ".join)
def test_answers_keep_to_their_schema(folder, run, words):
    write(folder, infra__main_tf=SHOP_TF, old_json=policy(), new_json=policy(Action="s3:*"))
    limit = {"StringEquals": {"aws:PrincipalTag/team": "a"}}
    write(folder, limited_json=policy(Action="s3:PutObject", Condition=limit))
    (folder / "access.yaml").write_text(EXPECTATIONS, encoding="utf-8")
    name, *arguments = words
    answer = run(*arguments, "--format", "json").json
    schema = closed(SCHEMA)
    del schema["anyOf"]
    jsonschema.validate(
        answer, schema | {"$ref": f"#/$defs/{name}"}, cls=jsonschema.Draft202012Validator
    )


def test_the_schema_is_one():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
