import json

import pytest

from leastwise.frontends.cloudformation.cdk.assembly import read_assembly, stack_of
from leastwise.source.tree import DiskTree, MemoryTree


def manifest(**artifacts: object) -> bytes:
    return json.dumps({"version": "36.0.0", "artifacts": artifacts}).encode()


def stack(template: str = "App.template.json", environment: object = None, **properties: object):
    return {
        "type": "aws:cloudformation:stack",
        "environment": environment,
        "properties": {"templateFile": template, **properties},
    }


@pytest.mark.parametrize(
    ("environment", "account", "region"),
    [
        ("aws://111122223333/eu-west-1", "111122223333", "eu-west-1"),
        ("aws://111122223333/us-gov-west-1", "111122223333", "us-gov-west-1"),
        ("aws://unknown-account/unknown-region", None, None),
        ("aws://unknown-account/eu-west-1", None, "eu-west-1"),
        ("aws://11112222333/eu_west", None, None),
        ("aws://", None, None),
        (None, None, None),
        (["aws"], None, None),
    ],
)
def test_environment_is_known_where_the_app_names_it(environment, account, region):
    tree = MemoryTree({"out/manifest.json": manifest(App=stack(environment=environment))})
    found, diagnostics = stack_of(tree, "out/App.template.json")
    assert found is not None
    assert (found.account, found.region, diagnostics) == (account, region, ())


def test_stack_has_its_name_and_parameters():
    artifact = stack(stackName="shop", parameters={"Size": "3", "Odd": 4})
    tree = MemoryTree({"manifest.json": manifest(App=artifact)})
    found, _ = stack_of(tree, "App.template.json")
    assert found is not None
    assert (found.name, found.parameters) == ("shop", (("Size", "3"),))


@pytest.mark.parametrize(
    "template", ["../../etc/passwd", "/etc/passwd", "", ".", "sub/x.json", "a\\b", "a\0b"]
)
def test_template_outside_of_the_folder_is_a_diagnostic_and_is_not_read(template):
    tree = MemoryTree({"out/manifest.json": manifest(App=stack(template))})
    assembly = read_assembly(tree, "out")
    assert assembly is not None
    assert assembly.stacks == ()
    assert [d.code for d in assembly.diagnostics] == ["cdk-manifest"]
    assert tree.touched == {"out/manifest.json"}


@pytest.mark.parametrize(
    "text",
    [
        b'{"artifacts": ',
        b'{"artifacts": []}',
        b"[" * 100_000 + b'"artifacts"',
        b'"artifacts"',
        b'{"artifacts": {"A": 1, "B": {"type": "aws:cloudformation:stack", "properties": []}}}',
    ],
)
def test_broken_manifest_is_a_diagnostic(text):
    assembly = read_assembly(MemoryTree({"manifest.json": text}), "")
    assert assembly is not None
    assert assembly.stacks == ()
    assert [d.code for d in assembly.diagnostics] == ["cdk-manifest"]


def test_manifest_of_another_program_is_no_assembly():
    tree = MemoryTree({"manifest.json": b'{"short_name": "app", "icons": []}'})
    assert read_assembly(tree, "") is None
    assert stack_of(tree, "App.template.json") == (None, ())


def test_symbolic_link_out_of_the_tree_is_not_followed(tmp_path):
    outside = tmp_path / "outside.json"
    outside.write_bytes(manifest(App=stack()))
    inside = tmp_path / "tree"
    inside.mkdir()
    (inside / "manifest.json").symlink_to(outside)
    assert read_assembly(DiskTree(inside), "") is None
