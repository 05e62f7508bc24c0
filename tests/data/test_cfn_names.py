"""The table of names and ARNs of CloudFormation resource types, against its sources."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

import pytest

import leastwise
from leastwise.frontends.cloudformation.scope.shapes import parts_of, shape_of

ROOT = Path(__file__).resolve().parents[2]
DATA = Path(leastwise.__file__).parent / "data"
ENVIRONMENT = {"partition", "region", "account", "url-suffix"}
CHANGES = set("l/dbpfr")


def lines(path):
    return path.read_text("utf-8").splitlines()


ROWS = [line.split(",") for line in lines(DATA / "cfn_names.csv")[1:]]
TYPES = [row[0] for row in ROWS]


def shapes(kind):
    found = shape_of(kind)
    return (found.ref, found.arn, *found.attributes.values())


def test_the_header_names_the_columns():
    assert lines(DATA / "cfn_names.csv")[0] == "type,name,invented,ref,arn,attributes,sources"


def test_types_are_sorted_and_none_comes_twice():
    assert sorted(set(TYPES)) == TYPES
    assert len(TYPES) > 1500


def is_shape(shape, row):
    name, arn = row[1], row[4]
    words = [(part, glob) for part, glob in parts_of(shape) if part]
    is_closed = shape.count("{") == shape.count("}")
    return is_closed and all(is_part(part, glob, name, arn) for part, glob in words)


def is_part(part, glob, name, arn):
    property_name, mark, change = part.partition("!")
    if part.startswith("?") or part in ENVIRONMENT | {"path", "url", "ref"}:
        return True
    if part == "arn":
        return bool(arn)
    is_change = change in CHANGES if mark else not glob
    return is_change and (bool(name) if property_name == "name" else property_name[0].isupper())


def is_well_formed(row):
    kind, name, invented, ref, arn, _attributes, sources = row
    is_type = kind.startswith("AWS::") and kind.count("::") == 2
    is_rule = not invented or (bool(name) and invented.rstrip("l?").isdigit())
    is_source = bool(sources) == bool(arn) or sources == "hand"
    is_open = "{ref}" in ref or "{arn}" in arn or ("{arn}" in ref and "{ref}" in arn)
    uses_ref = any("{ref}" in shape for shape in shapes(kind))
    fits = all(is_shape(shape, row) for shape in shapes(kind))
    return (
        is_type and is_rule and is_source and not is_open and fits and (bool(ref) or not uses_ref)
    )


def test_every_row_is_well_formed():
    assert [row for row in ROWS if not is_well_formed(row)] == []


def test_an_unknown_type_has_no_row():
    assert shape_of("AWS::Nothing::Here") is None
    assert shape_of("type") is None
    assert shape_of("") is None
    assert shape_of("AWS::S3::Bucket,BucketName") is None
    assert shape_of("AWS::S3") is None


# Types whose ARN has a part that is wider than one part of the format in the reference.
WIDER = {
    "AWS::CodeArtifact::Repository": "the domain may be another account's",
    "AWS::CloudFormation::TypeActivation": "the kind of the type is a part of the ARN",
    "AWS::CodeStarConnections::Connection": "the service has had two names",
    "AWS::ECS::Service": "ARNs of the old form have no cluster",
    "AWS::ElasticLoadBalancingV2::Listener": "the kind of the load balancer is a part of the ARN",
    "AWS::ElasticLoadBalancingV2::ListenerRule": "the same",
    "AWS::Events::Rule": "the bus and its slash are one part, empty for the default bus",
    "AWS::KMS::Alias": "alias/ is a part of the name",
    "AWS::Kinesis::StreamConsumer": "spelled from the ARN of the stream",
    "AWS::Lambda::Alias": "spelled from the ARN of the function",
    "AWS::Lambda::Version": "spelled from the ARN of the function",
    "AWS::NetworkFirewall::RuleGroup": "the type of the group is a part of the ARN",
    "AWS::Organizations::Account": "o- is a part of the id",
    "AWS::Organizations::Organization": "o- is a part of the id",
    "AWS::Organizations::OrganizationalUnit": "o- is a part of the id",
    "AWS::Organizations::Policy": "o- is a part of the id",
    "AWS::SSM::Parameter": "the name may have its slash",
}


@cache
def formats():
    """Return the ARN formats of the bundled Service Authorization Reference by service."""
    with closing(sqlite3.connect(f"file:{DATA / 'actions.sqlite'}?mode=ro", uri=True)) as database:
        rows = database.execute("SELECT arn_format FROM resource_types").fetchall()
    found = {}
    for (one,) in rows:
        for form in one.split(", "):
            found.setdefault(form.split(":")[2], []).append(starred(form.replace("$", "")))
    return found


def starred(shape):
    """Spell a shape with ``*`` for each of its parts; ``{path}`` is the root path."""
    spelled = shape.replace("{path}", "/")
    return "".join("*" if part else text for part, text in parts_of(spelled))


def has_a_form(arn):
    spelled = starred(arn)
    found = formats()[spelled.split(":")[2]]
    return any(fnmatchcase(spelled.replace("*", "X"), form) for form in found)


def test_every_arn_has_a_form_of_the_service_authorization_reference():
    arns = {kind: shape_of(kind).arn for kind in TYPES if kind not in WIDER}
    assert [kind for kind, arn in arns.items() if arn and not has_a_form(arn)] == []
    assert sum(map(bool, arns.values())) > 900


def terraform_types():
    listed = dict(line.split(",") for line in lines(ROOT / "scripts/cfn_terraform_types.csv")[1:])
    by_name = {plain(kind.removeprefix("AWS::")): kind for kind in TYPES}
    found = {}
    for line in lines(DATA / "tf_arns.csv")[1:]:
        kind, _identity, service, resource = line.split(",")
        same = listed.get(kind) or by_name.get(plain(kind.removeprefix("aws_")))
        if same:
            found[kind] = (same, starred(terraform_head(service) + resource))
    return found


def plain(text):
    return "".join(c for c in text.lower() if c.isalnum())


def terraform_head(service):
    name = service.rstrip(":=")
    rest = {"": "{region}:{account}", ":": ":{account}", "::": ":", "=": "{region}:"}
    return f"arn:{{partition}}:{name}:{rest[service[len(name) :]]}:"


# Types whose ARN is not spelled with the same parts in both tables.
DIFFERENT = {
    "aws_codestarconnections_connection": "the service is a part here",
}


@pytest.mark.parametrize("kind", sorted(terraform_types()))
def test_a_resource_has_the_same_arn_in_terraform_and_cloudformation(kind):
    cloudformation, of_terraform = terraform_types()[kind]
    if kind not in DIFFERENT:
        assert starred(shape_of(cloudformation).arn) == of_terraform


def test_most_of_terraforms_types_are_compared():
    assert len(terraform_types()) >= 170


def test_the_table_is_what_the_script_builds(tmp_path):
    script = ROOT / "scripts" / "build_cfn_names.py"
    built = tmp_path / "cfn_names.csv"
    subprocess.run([sys.executable, str(script), "--output", str(built)], check=True)
    assert built.read_bytes() == (DATA / "cfn_names.csv").read_bytes()
