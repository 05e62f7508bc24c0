import sys

import pytest

from leastwise.frontends.cloudformation.serverless.spelling import parts_of
from leastwise.frontends.cloudformation.serverless.variables import Resolver
from leastwise.frontends.cloudformation.syntax.yaml_reader import read_yaml
from leastwise.source.span import source_file
from leastwise.source.text import display, literal_text, source_spans
from leastwise.source.tree import MemoryTree
from leastwise.source.value import Chars, Mapping, Scalar, Sequence, Text, Unknown, Value

SERVICE = """
service: shop
custom:
  table: orders-${self:custom.stage}
  stage: ${opt:stage, self:provider.stage}
  names: {dev: small, prod: large}
  list: [zero, one]
  flag: 'true'
  me: ${self:custom.me}
  far: ${self:custom.near}x
  near: y${self:custom.far}
params:
  default: {size: 3, only: d}
  dev: {size: 5}
provider:
  name: aws
  stage: ${opt:stage, 'dev'}
"""
FILES = {
    "api/keys.yml": b"keys:\n  admin: [arn:one, '${self:custom.table}']\n",
    "api/raw.json": b'{"a": {"b": "json"}}',
    "api/note.txt": b"plain",
    "api/broken.yml": b"a: [",
    "shared.yml": b"x: 1\n",
}


def resolver(text: str, files: dict[str, bytes] | None = None) -> Resolver:
    path = "api/serverless.yml"
    data = (SERVICE + text).encode()
    config = read_yaml(source_file(path, data)).value
    assert isinstance(config, Mapping)
    tree = MemoryTree({path: data, **(FILES if files is None else files)})
    return Resolver(tree, path, config)


def spelled(value: Value | None) -> object:
    match value:
        case Text():
            return display(value)
        case Scalar():
            return value.value
        case Sequence():
            return [spelled(item) for item in value.items]
        case Mapping():
            return {key.literal: spelled(item) for key, item in value.entries}
        case Unknown():
            return f"? {value.symbol.reference}: {value.reason}"
    return None


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("plain ${AWS::Region} and ${Name}", "plain ${AWS::Region} and ${Name}"),
        ("${self:service}-x", "shop-x"),
        ("${self:custom.table}", "orders-dev"),
        ("${sls:stage}", "dev"),
        ("${self:custom.list.1}", "one"),
        ("${self:custom.names}", {"dev": "small", "prod": "large"}),
        ("${self:custom.names.${sls:stage}}", "small"),
        ("${self:custom.names.${opt:stage, 'prod'}}", "large"),
        ("${self:custom.none, self:custom.nothing, 'last'}", "last"),
        ('${self:custom.none, "quoted, }"}', "quoted, }"),
        ("${opt:size, 7}", 7),
        ("${opt:size, true}", True),
        ("${opt:size, null}", None),
        ("${opt:size, ${self:service}}", "shop"),
        ("${param:size}", 5),
        ("${param:only}", "d"),
        ("${strToBool(${self:custom.flag})}", True),
        ("${file(keys.yml):keys.admin}", ["arn:one", "orders-dev"]),
        ("${file(./raw.json):a.b}", "json"),
        ("${file(note.txt)}", "plain"),
        ("${file(../shared.yml):x}", 1),
        ("${file(none.yml):x, 'gone'}", "gone"),
        ("${aws:region}", "${AWS::Region}"),
        ("a ${self:service b", "a ${self:service b"),
        ("${self:", "${self:"),
        ("${}", "${}"),
        ("\\${self:service}", "${self:service}"),
        ("\\\\${self:service}", "\\shop"),
        ("\\\\\\${self:service}", "\\${self:service}"),
        ("\\${aws:username}/${self:service}", "${aws:username}/shop"),
        ("\\${aws:${self:service}}", "${aws:shop}"),
        ("C:\\dir\\\\x ${self:service}", "C:\\dir\\\\x shop"),
        ("\\$${self:service}", "\\$shop"),
    ],
)
def test_variable_is_what_the_tree_says(written, expected):
    assert spelled(resolver("").resolve(Text((Chars(written),)))) == expected


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("${opt:size}", "an option of the command without a default"),
        ("${env:HOME}", "an environment variable, which is not read"),
        ("${ssm:/key}", "a parameter of Systems Manager"),
        ("${ssm(eu-west-1):/key, 'unused'}", "a parameter of Systems Manager"),
        ("${cf:other.Arn}", "an output of another stack"),
        ("${s3:bucket/key}", "an object in S3"),
        ("${vault:secret}", "a value that 'vault' gives"),
        ("${self:custom.none}", "no source of it has a value"),
        ("${self:custom.me}", "it refers to itself"),
        ("${file(build.js):x}", "a program gives it"),
        ("${file(broken.yml):x}", "its file can't be read"),
        ("${file(../../etc/passwd)}", "a file outside of the tree"),
        ("${file(/etc/passwd)}", "a file outside of the tree"),
        ("${self:custom.names.${opt:which}}", "what it names is not known"),
    ],
)
def test_what_the_tree_does_not_say_is_a_symbol_with_the_reason(written, reason):
    value = resolver("").resolve(Text((Chars(written),)))
    assert isinstance(value, Unknown)
    assert value.reason == reason
    assert value.symbol.reference == written[2:-1]


def test_variables_of_the_machine_are_not_read(monkeypatch):
    monkeypatch.setenv("TABLE", "from-the-machine")
    value = resolver("").resolve(Text((Chars("${env:TABLE, 'default'}"),)))
    assert spelled(value) == "default"


def test_circle_of_strings_ends():
    value = resolver("").resolve(Text((Chars("${self:custom.far}"),)))
    assert spelled(value) in ("y${self:custom.far}x", "y${self:custom.near}x", "yy")


def test_file_that_refers_to_its_own_parts_is_no_circle():
    files = {"api/c.yml": b"a: ${self:extra.b}\nb: end\n"}
    found = resolver("extra: ${file(c.yml)}\n", files).get("extra")
    assert spelled(found) == {"a": "end", "b": "end"}


def test_value_points_at_where_it_is_written():
    found = resolver("x: ${file(keys.yml):keys.admin}\n").get("x")
    assert isinstance(found, Sequence)
    first = found.items[0]
    assert isinstance(first, Text)
    piece = first.pieces[0]
    assert isinstance(piece, Chars)
    assert [span.path for span in source_spans(piece)] == ["api/keys.yml"]


def test_equal_variables_are_equal_values():
    one = resolver("").resolve(Text((Chars("a-${ssm:/x}"),)))
    two = resolver("").resolve(Text((Chars("a-${ssm:/x}"),)))
    assert one == two


@pytest.mark.parametrize(
    "text",
    [
        "".join(f"k{n}: ${{self:k{n + 1}}}${{self:k{n + 1}}}\n" for n in range(40)) + "k40: x\n",
        "".join(f"k{n}: ['${{self:k{n + 1}}}', '${{self:k{n + 1}}}']\n" for n in range(40))
        + "k40: x\n",
        "".join(f"k{n}: ${{self:k{n + 1}.y}}\n" for n in range(2_000)) + "k2000: {y: x}\n",
        "".join(f"k{n}: ${{self:k{n + 1}}}\n" for n in range(2_000)) + "k2000: x\n",
        "k0: " + "${self:" * 5_000 + "}" * 5_000 + "\n",
        "k0: " + "${self:k0, " * 5_000 + "\n",
        "k0: " + "${file(" * 5_000 + "\n",
        "k0:\n"
        + "".join(f"- ${{self:k1.x{n}}}\n" for n in range(500))
        + f"k1: '{'${a:' * 20_000}'\n",
    ],
    ids=["text bomb", "list bomb", "long walk", "long chain", "deep", "sources", "open", "again"],
)
def test_hostile_variables_end(text):
    service = resolver(text)
    assert service.get("k0") is not None
    assert all(d.code == "too-large" for d in service.diagnostics)


def test_escaped_variable_points_at_what_is_left_of_it():
    found = resolver("x: 'a/\\${aws:b}'\n").get("x")
    assert isinstance(found, Text)
    piece = found.pieces[0]
    assert isinstance(piece, Chars)
    data = (SERVICE + "x: 'a/\\${aws:b}'\n").encode()
    assert [data[s.start : s.end] for s in source_spans(piece)] == [b"a/", b"${aws:b}"]


UNITS = (
    *("${", "${x", "${1", "${ ", "${a:", "${a(", "${a(x):", "${a:b,", "${'", "\\${a:", "\\"),
    *("${a:b, '", "${a(${b:'", "${a:b, \"'", "${a:b, 9", "${a:" + "x" * 50, "${" + " " * 50),
)


@pytest.mark.parametrize("unit", UNITS)
def test_variables_without_end_take_steps_in_proportion(unit):
    steps = 0

    def count(*_):
        nonlocal steps
        steps += 1
        return count

    text = literal_text(unit * (5_000 // len(unit)) + "}")
    before = sys.gettrace()
    sys.settrace(count)
    try:
        parts = parts_of(text)
    finally:
        sys.settrace(before)
    assert parts
    assert steps < 200 * 5_000
