"""Whatever stands in a plan, reading it ends in diagnostics, and the rest is read."""

import copy
import json

import pytest
from tests.frontends.terraform.plan.plans import (
    attachment,
    plan_of,
    policy,
    role,
    text_of,
    to,
)

WRONG = (None, True, 7, 1.5, "text", [], [1], [None], {}, {"a": 1}, [{"a": 1}], [[]])


def ways(value, path=()):
    """Yield the way to every value in a tree of data."""
    yield path
    items = value.items() if isinstance(value, dict) else ()
    if isinstance(value, list):
        items = enumerate(value)
    for key, inner in items:
        yield from ways(inner, (*path, key))


def changed(data, way, value):
    result = copy.deepcopy(data)
    if not way:
        return value
    at = result
    for step in way[:-1]:
        at = at[step]
    at[way[-1]] = value
    return result


def nested():
    data = plan_of(policy(), role(), attachment(), variables={"x": {"value": "y"}})
    data["deferred_changes"] = [{"reason": "x", "resource_change": attachment().change}]
    data["planned_values"]["root_module"]["child_modules"] = [
        {
            "address": "module.m",
            "resources": [{**role().planned, "address": "module.m.aws_iam_role.ci"}],
        }
    ]
    data["configuration"]["root_module"]["module_calls"] = {
        "m": {
            "source": "./m",
            "expressions": {"x": to("var.x")},
            "module": {"resources": [role().block]},
        }
    }
    return data


def test_any_value_of_any_type_anywhere_is_survived(read):
    data = nested()
    for number, way in enumerate(ways(data)):
        if way[:1] in ((), ("format_version",)):
            continue
        for turn in range(0, len(WRONG), 6):
            read(changed(data, way, WRONG[(number + turn) % len(WRONG)]))


def test_any_value_left_out_is_survived(read):
    data = nested()
    for way in ways(data):
        if len(way) < 2 or isinstance(way[-1], int):
            continue
        result = copy.deepcopy(data)
        at = result
        for step in way[:-1]:
            at = at[step]
        del at[way[-1]]
        read(result)


def codes(project):
    return {(d.severity, d.code) for d in project.diagnostics}


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (b'"planned_values":', b'"planned_values":[],"x":', "plan-shape"),
        (b'"address":"aws_iam_policy.p"', b'"address":7', "plan-shape"),
        (b'"values":{"description"', b'"values":[],"x":{"description"', "plan-shape"),
        (b'"planned_values":', b'"planned_values":{},"planned_values":', "duplicate-key"),
        (b'"path":"/"', b'"path":"/","path":"/"', "duplicate-key"),
        (b'"errored":false', b'"errored":false,', "json-syntax"),
        (b'"errored":false', b'"errored":NaN', "json-syntax"),
        (b'"errored":false', b'"errored":' + b"9" * 9000, "json-syntax"),
        (b'"errored":false', b'"errored":' + b"[" * 100_000, "too-deep"),
        (b'"name":"ci"', b'"name":"\xff"', "encoding"),
    ],
)
def test_what_is_wrong_is_an_error_with_a_place(read, old, new, code):
    data = text_of(plan_of(policy(), role(), attachment())).replace(old, new, 1)
    project = read(data)
    found = [d for d in project.diagnostics if d.code == code]
    assert found
    assert all(d.severity == "error" and d.span.path == "plan.json" and d.remedy for d in found)


def test_one_broken_resource_does_not_hide_the_others(read):
    data = text_of(plan_of(policy(), role(), attachment()))
    project = read(data.replace(b'"values":{"description"', b'"values":7,"x":{"description"', 1))
    assert [p.address for p in project.principals] == ["aws_iam_role.ci"]
    assert ("error", "plan-shape") in codes(project)


def test_modules_that_nest_without_end_are_capped(read):
    data = plan_of(role())
    module = {"address": "module.m", "resources": []}
    for _ in range(200):
        module = {"address": "module.m", "child_modules": [module]}
    data["planned_values"]["root_module"]["child_modules"] = [module]
    project = read(data)
    assert ("error", "plan-shape") in codes(project)
    assert [p.address for p in project.principals] == ["aws_iam_role.ci"]


def test_references_in_a_circle_end(read):
    data = plan_of(role(), attachment())
    root = data["configuration"]["root_module"]
    root["resources"][1]["expressions"]["policy_arn"] = to("module.m.out")
    circle = {
        "outputs": {"out": {"expression": to("var.x")}},
        "resources": [],
        "variables": {"x": {}},
    }
    root["module_calls"] = {
        "m": {"source": "./m", "expressions": {"x": to("module.m.out")}, "module": circle}
    }
    assert codes(read(data)) == set()


def test_odd_addresses_are_survived(read):
    for address in (
        "",
        ".",
        "a",
        'a["',
        'module.x["a].b',
        "module.",
        "data.",
        "module.a.module.b",
        "[[[",
        '"',
    ):
        one = {**role().planned, "address": address}
        data = plan_of(role())
        data["planned_values"]["root_module"]["resources"].append(one)
        assert "aws_iam_role.ci" in [p.address for p in read(data).principals]


def test_marks_of_another_shape_are_survived(read):
    for marks in (True, [], [True], {"policy": [True]}, {"policy": {"a": True}}, {"path": "x"}, 7):
        one = policy(sensitive=marks)
        one.unknown = marks
        read(plan_of(one, role(), attachment()))


def test_byte_order_mark_and_white_space_are_allowed(read):
    data = b"\xef\xbb\xbf" + json.dumps(plan_of(role()), indent=2).encode() + b"\n\n"
    project = read(data)
    assert codes(project) == set()
    assert [p.address for p in project.principals] == ["aws_iam_role.ci"]


def test_keys_beyond_ascii_are_read(read):
    one = {**role().planned, "address": 'aws_iam_role.ci["ключ"]', "index": "ключ"}
    data = plan_of()
    data["planned_values"]["root_module"]["resources"] = [one]
    raw = json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()
    (principal,) = read(raw).principals
    assert principal.address == 'aws_iam_role.ci["ключ"]'
