"""``cdk/data/app/cdk.out`` is what ``cdk synth`` of aws-cdk-lib 2.x made of its app.js.

Of the manifests only stacks, assemblies and asset manifests are kept, of two stages one, and the
folder of the machine is replaced by another.
"""

import json
from pathlib import Path

import pytest

from leastwise.config.model import Config
from leastwise.frontends import cloudformation
from leastwise.iam.project import Project, Root
from leastwise.source.text import display
from leastwise.source.tree import DiskTree, MemoryTree, Tree

APP = DiskTree(Path(__file__).parent / "cdk" / "data" / "app")
FILES = tuple(
    sorted(p.relative_to(APP.root).as_posix() for p in APP.root.rglob("*") if p.is_file())
)
SHOP = "cdk.out/Shop.template.json"
DEV = "cdk.out/assembly-Dev/DevOrders83D4F3FB.template.json"
TEMPLATE = b'{"Resources": {"R": {"Type": "AWS::IAM::Group"}}}'


def loaded(path: str, tree: Tree = APP) -> Project:
    return cloudformation.load(Root("cloudformation", path), tree, Config())


def paths(tree: Tree, *files: str, named: frozenset[str] = frozenset()) -> list[str]:
    return [root.path for root in cloudformation.roots(tree, files, named=named)]


def arns(project: Project) -> dict[str, str]:
    found = {p.address: p.arn.origin for p in project.principals}
    return {name: display(arn) for name, arn in found.items() if arn is not None}


def test_templates_of_an_assembly_are_roots_and_its_indexes_are_not():
    left = [path for path in FILES if path not in cloudformation.parts(frozenset(FILES))]
    nested = [path for path in paths(APP, *left) if ".nested." in path]
    assert paths(APP, *left) == [SHOP, nested[0], DEV, nested[1]]


def test_account_and_region_of_the_manifest_are_those_of_the_stack():
    roles = arns(loaded(SHOP))
    assert roles["Deploy7B206E61"] == "arn:aws:iam::111122223333:role/${Deploy7B206E61}"
    account = {p.id.account.number for p in loaded(SHOP).principals}
    assert account == {"111122223333"}


def test_account_that_the_app_leaves_open_is_a_symbol():
    assert {p.id.account.number for p in loaded(DEV).principals} == {None}


def test_nested_stack_is_read_through_its_asset():
    project = loaded(SHOP)
    nested = [p.address for p in project.principals if "/" in p.address]
    assert nested == ["StorageNestedStackStorageNestedStackResource9807768E/Archivist443265BF"]
    assert "cdk.out/ShopStorageF0D07715.nested.template.json" in project.files
    assert not project.diagnostics
    assert not [n for n in project.not_in_view if n.kind == "nested-stack"]


def test_outputs_of_a_nested_stack_reach_the_policies_of_its_parent():
    (policy,) = (p for p in loaded(DEV).policies if p.address.startswith("HandlerServiceRoleDef"))
    lists = [one.resources.globs for one in policy.document.statements if one.resources is not None]
    globs = [glob.origin for one in lists for glob in one]
    spelled = [display(origin) for origin in globs if origin is not None]
    assert spelled[-2:] == [
        "arn:${AWS::Partition}:s3:::${Documents7E5B2978}",
        "arn:${AWS::Partition}:s3:::${Documents7E5B2978}/*",
    ]


def test_resources_know_their_construct_and_the_line_that_makes_it():
    found = {p.address: p.occurrence for p in loaded(SHOP).principals}
    deploy = found["Deploy7B206E61"]
    assert deploy is not None
    assert deploy.construct == "Shop/Deploy/Resource"
    assert deploy.created is not None
    data = APP.read("app.js")
    assert isinstance(data, bytes)
    line = data[deploy.created.start : deploy.created.end]
    assert line.startswith(b"const deploy = new iam.Role(this, 'Deploy'")


def test_nothing_is_taken_away_from_a_generated_template():
    attachments = [a for p in loaded(SHOP).principals for a in p.attachments]
    assert {a.how for a in attachments} == {"inline", "managed"}
    assert [a for a in attachments if a.removal is not None] == []


def test_template_that_no_manifest_names_is_a_root():
    files = {"cdk.out/manifest.json": b'{"artifacts": {', "cdk.out/Old.template.json": TEMPLATE}
    tree = MemoryTree(files)
    assert paths(tree, *files) == ["cdk.out/manifest.json", "cdk.out/Old.template.json"]
    assert [d.code for d in loaded("cdk.out/manifest.json", tree).diagnostics] == ["cdk-manifest"]
    assert len(loaded("cdk.out/Old.template.json", tree).principals) == 1


def test_template_that_only_a_manifest_names_is_a_root():
    artifact = {"type": "aws:cloudformation:stack", "properties": {"templateFile": "odd.txt"}}
    missing = {"type": "aws:cloudformation:stack", "properties": {"templateFile": "gone.json"}}
    manifest = json.dumps({"artifacts": {"A": artifact, "B": missing}}).encode()
    tree = MemoryTree({"out/manifest.json": manifest, "out/odd.txt": TEMPLATE})
    assert paths(tree, "out/manifest.json") == ["out/manifest.json", "out/odd.txt"]
    assert [d.code for d in loaded("out/manifest.json", tree).diagnostics] == ["not-found"]


def test_assemblies_that_nest_each_other_end():
    nested = {"type": "cdk:cloud-assembly", "properties": {"directoryName": "a"}}
    manifest = json.dumps({"artifacts": {"A": nested}}).encode()
    files = {f"{'a/' * depth}manifest.json": manifest for depth in range(1, 300)}
    assert paths(MemoryTree(files), "a/manifest.json") == []


def test_copies_of_code_in_an_assembly_are_none_of_its_templates():
    files = frozenset(
        {
            "cdk.out/manifest.json",
            "cdk.out/cdk.out",
            "cdk.out/tree.json",
            "cdk.out/App.template.json",
            "cdk.out/App.assets.json",
            "cdk.out/asset.0123.json",
            "cdk.out/asset.4567/template.yaml",
            "asset.89/template.yaml",
            "tree.json",
        }
    )
    assert sorted(files - cloudformation.parts(files)) == [
        "asset.89/template.yaml",
        "cdk.out/App.template.json",
        "cdk.out/asset.0123.json",
        "cdk.out/cdk.out",
        "cdk.out/manifest.json",
        "tree.json",
    ]


def test_app_without_templates_says_which_command_makes_them():
    tree = MemoryTree({"infra/cdk.json": b'{"app": "node app.js"}'})
    assert paths(tree, "infra/cdk.json") == ["infra/cdk.json"]
    (unseen,) = loaded("infra/cdk.json", tree).not_in_view
    assert unseen.kind == "cdk-app"
    assert "cdk synth" in unseen.remedy
    assert unseen.remedy.endswith("'leastwise check cdk.out' in its folder")


def test_app_whose_templates_are_not_among_the_files_says_so():
    files = {"cdk.json": b'{"output": "dist"}', "dist/manifest.json": b'{"artifacts": {}}'}
    tree = MemoryTree(files)
    assert paths(tree, "cdk.json") == ["cdk.json"]
    (unseen,) = loaded("cdk.json", tree).not_in_view
    assert "cdk synth" not in unseen.remedy
    assert "leastwise check dist" in unseen.remedy
    assert paths(tree, *files) == []


def test_manifest_of_another_program_may_be_anything():
    files = {"manifest.json": TEMPLATE, "web/manifest.json": b'{"name": "app"}'}
    assert paths(MemoryTree(files), *files) == ["manifest.json"]


def test_compiled_service_is_a_root_without_its_bootstrap_and_state():
    names = ("template-create-stack.json", "template-update-stack.json")
    files = frozenset(
        {*(f".serverless/cloudformation-{n}" for n in names), ".serverless/serverless-state.json"}
    )
    left = files - cloudformation.parts(files)
    assert left == {".serverless/cloudformation-template-update-stack.json"}
    alone = frozenset({".serverless/cloudformation-template-create-stack.json"})
    assert cloudformation.parts(alone) == frozenset()


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("serverless.ts", b"export default {service: 'a', provider: {name: 'aws'}}", True),
        ("serverless.js", b"module.exports = require('./server')", False),
    ],
)
def test_service_that_is_a_program_is_not_in_view(name, text, found):
    tree = MemoryTree({f"api/{name}": text})
    assert paths(tree, f"api/{name}") == ([f"api/{name}"] if found else [])
    (unseen,) = loaded(f"api/{name}", tree).not_in_view
    assert unseen.kind == "serverless-framework"
    assert unseen.remedy.endswith("'leastwise check .serverless' in its folder")


@pytest.mark.parametrize(
    "text",
    [b"", b"a: [", b"service: x\n", b"component: x\n", b"provider: google\nservice: x\n", b"- a\n"],
)
def test_file_of_that_name_that_is_no_service_declares_nothing(text):
    project = loaded("serverless.yml", MemoryTree({"serverless.yml": text}))
    assert project.principals == ()
    assert project.policies == ()
