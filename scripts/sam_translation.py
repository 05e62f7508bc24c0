"""Translate a SAM template twice, by the published translator and by leastwise, and compare.

What is compared is what concerns IAM: roles, managed policies, the policies of queues, topics
and REST APIs, and permissions to call functions, as data. Before that, both sides are put into
one form: references to parameters with a default become it, the partition is that of the
public regions, tags and metadata are left out, and the statements and resources of API policies
are sets.
"""

import copy
import json
import os
from dataclasses import replace
from typing import Any, NamedTuple

import yaml
from samtranslator.model.exceptions import InvalidDocumentException
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator

from leastwise.frontends.cloudformation.syntax.recognise import read_template
from leastwise.frontends.cloudformation.syntax.template import SAM, Template, template_of
from leastwise.frontends.cloudformation.transforms.sam.expand import Expansion, expand
from leastwise.source.value import Chars, Choice, Mapping, Scalar, Sequence, Text, Unknown, Value

TYPES = (
    "AWS::IAM::Role",
    "AWS::IAM::ManagedPolicy",
    "AWS::IAM::Policy",
    "AWS::Lambda::Permission",
    "AWS::SQS::QueuePolicy",
    "AWS::SNS::TopicPolicy",
    "AWS::ApiGateway::RestApi",
)
_PACKAGED = frozenset({"CodeUri", "ContentUri", "DefinitionUri", "SchemaUri"})
_PARTITION = "aws"
_REGION = "us-east-1"


class Judgement(NamedTuple):
    """Hold what both made of a template, by logical id; ``error`` is the translator's own."""

    theirs: dict[str, Any]
    ours: dict[str, Any]
    error: str = ""

    @property
    def differing(self) -> list[str]:
        """Return the logical ids that differ."""
        names = sorted({*self.theirs, *self.ours})
        return [name for name in names if self.theirs.get(name) != self.ours.get(name)]


def judge(text: str) -> Judgement:
    """Translate one template by both."""
    os.environ.setdefault("AWS_DEFAULT_REGION", _REGION)
    expansion = expanded(text)
    data = plain(expansion.template.body)
    parameters = _defaults(data)
    source = {name: plain(d.body) for name, d in template(text).resources.items()}
    try:
        translated = _translated(data)
    except InvalidDocumentException as problem:
        return Judgement({}, {}, "; ".join(cause.message for cause in problem.causes))
    except Exception as problem:  # noqa: BLE001 - the judge itself fails on some inputs
        return Judgement({}, {}, f"{type(problem).__name__}: {problem}")
    theirs = _picked(translated["Resources"], source, parameters)
    made = {
        name: {
            "Type": declared.type,
            "Condition": declared.condition,
            "Properties": plain(declared.properties),
        }
        for name, declared in expansion.template.resources.items()
    }
    return Judgement(theirs, _picked(made, source, parameters))


def template(text: str) -> Template:
    """Read a template that is known to be one."""
    file = read_template("template.yaml", text.encode())
    if file.body is None:
        raise ValueError(file.diagnostics)
    return template_of("template.yaml", file.body)


def expanded(text: str) -> Expansion:
    """Expand a template as leastwise does; the translator asks for no Transform section."""
    read = template(text)
    return expand(replace(read, macros=(*read.macros, SAM)))


def plain(value: Value) -> Any:
    """Spell a raw value as data."""
    match value:
        case Text():
            return "".join(p.text for p in value.pieces if isinstance(p, Chars))
        case Scalar():
            number = value.value
            return number if number is None or isinstance(number, (bool, int)) else float(number)
        case Sequence():
            return [plain(item) for item in value.items]
        case Mapping():
            return {key.literal or "": plain(item) for key, item in value.entries}
        case Choice() | Unknown():
            return "unknown"


def _translated(data: dict[str, Any]) -> dict[str, Any]:
    translator = Translator(None, Parser())
    # The translator changes what it is given.
    result: dict[str, Any] = translator.translate(_packaged(copy.deepcopy(data)), _given(data))
    return json.loads(json.dumps(result))


def _packaged(data: Any) -> Any:
    """Name an object of S3 in the place of local paths, as ``sam package`` does."""
    if isinstance(data, list):
        return [_packaged(item) for item in data]
    if not isinstance(data, dict):
        return data
    return {
        key: "s3://bucket/key" if key in _PACKAGED and _is_local(value) else _packaged(value)
        for key, value in data.items()
    }


def _is_local(value: Any) -> bool:
    return isinstance(value, str) and not value.startswith("s3://")


def _given(data: dict[str, Any]) -> dict[str, Any]:
    return {"AWS::Region": _REGION, **_defaults(data)}


def _defaults(data: dict[str, Any]) -> dict[str, Any]:
    declared = data.get("Parameters") or {}
    return {
        name: parameter["Default"]
        for name, parameter in declared.items()
        if isinstance(parameter, dict) and "Default" in parameter
    }


def _picked(
    resources: dict[str, Any], source: dict[str, Any], parameters: dict[str, Any]
) -> dict[str, Any]:
    """Return what concerns IAM, but for what stands in the source under the same name."""
    found: dict[str, Any] = {}
    for name, resource in resources.items():
        kind = resource.get("Type")
        written = source.get(name, {}).get("Type")
        if kind not in TYPES or written == kind:
            continue
        properties = copy.deepcopy(resource.get("Properties") or {})
        if kind == "AWS::ApiGateway::RestApi":
            policy = properties.get("Policy") or _policy_of(properties.get("Body"))
            if policy is None or "Statement" not in policy:
                continue
            properties = {"Policy": _as_set(policy)}
        properties.pop("Tags", None)
        if properties.get("ManagedPolicyArns") == []:
            del properties["ManagedPolicyArns"]
        picked = {"Type": kind, "Condition": resource.get("Condition"), "Properties": properties}
        found[name] = _normal(picked, parameters)
    return found


def _policy_of(body: Any) -> Any:
    return body.get("x-amazon-apigateway-policy") if isinstance(body, dict) else None


def _as_set(policy: Any) -> Any:
    statements = policy.get("Statement")
    listed = statements if isinstance(statements, list) else [statements]
    for statement in listed:
        if isinstance(statement.get("Resource"), list):
            statement["Resource"].sort(key=_spelled)
        for test in statement.get("Condition", {}).values():
            test.update({k: v if isinstance(v, list) else [v] for k, v in test.items()})
    return {**policy, "Statement": sorted(listed, key=_spelled)}


def _spelled(data: Any) -> str:
    return json.dumps(data, sort_keys=True)


def _normal(data: Any, parameters: dict[str, Any]) -> Any:
    if isinstance(data, list):
        return [_normal(item, parameters) for item in data]
    if isinstance(data, str):
        return data.replace("${AWS::Partition}", _PARTITION).replace("${AWS::Region}", _REGION)
    if not isinstance(data, dict):
        return data
    if set(data) == {"Ref"} and data["Ref"] in parameters:
        return parameters[data["Ref"]]
    if set(data) == {"Ref"} and data["Ref"] == "AWS::Region":
        return _REGION
    if set(data) == {"Fn::GetAtt"} and isinstance(data["Fn::GetAtt"], str):
        return {"Fn::GetAtt": data["Fn::GetAtt"].split(".", 1)}
    if set(data) == {"Fn::Sub"} and isinstance(data["Fn::Sub"], str):
        text = _normal(data["Fn::Sub"], parameters)
        for name, value in parameters.items():
            text = text.replace(f"${{{name}}}", str(value))
        return text if "${" not in text else {"Fn::Sub": text}
    return {key: _normal(value, parameters) for key, value in data.items() if value is not None}


def read_yaml(text: str) -> Any:
    """Read a template's own YAML without tags, for tests that build templates."""
    return yaml.safe_load(text)
