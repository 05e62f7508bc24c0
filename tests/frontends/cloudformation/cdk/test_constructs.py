import json

from leastwise.frontends.cloudformation.cdk.assembly import Stack
from leastwise.frontends.cloudformation.cdk.constructs import created_at
from leastwise.source.tree import MemoryTree

STACK = Stack("App", "cdk.out/App.template.json", None, None, metadata="cdk.out/App.metadata.json")


def places(files: dict[str, bytes], *frames: str) -> dict[str, tuple[str, bytes]]:
    trace = [{"type": "aws:cdk:creationStack", "data": list(frames)}]
    data = json.dumps({"/App/Role/Resource": trace}).encode()
    found = created_at(MemoryTree({STACK.metadata: data, **files}), STACK)
    return {
        path: (span.path, files[span.path][span.start : span.end]) for path, span in found.items()
    }


def test_the_innermost_line_of_the_app_is_the_place():
    app = b"import x\n  new Role()\r\nrun()"
    frames = (
        "...new Role2 in aws-cdk-lib...",
        "new Role (/home/me/app/node_modules/aws-cdk-lib/iam.js:2:1)",
        "new App (/home/me/app/lib/app.ts:2:3)",
        "<anonymous> (/home/me/app/bin/main.ts:1:1)",
    )
    expected = {"App/Role/Resource": ("lib/app.ts", b"new Role()")}
    assert places({"lib/app.ts": app, "bin/main.ts": b"x"}, *frames) == expected


def test_frames_of_files_that_are_not_in_the_tree_are_skipped():
    files = {"bin/main.ts": b"main()"}
    frames = ("f (/elsewhere/lib/app.ts:2:3)", "g (file:///home/me/app/bin/main.ts:1:1)")
    assert places(files, *frames) == {"App/Role/Resource": ("bin/main.ts", b"main()")}


def test_frames_of_windows_are_read():
    expected = {"App/Role/Resource": ("lib/app.ts", b"new Role()")}
    assert places({"lib/app.ts": b"new Role()"}, r"f (C:\work\app\lib\app.ts:1:1)") == expected


def test_a_line_that_the_file_does_not_have_is_no_place():
    for line in ("0", "7", "-1", "x", "9" * 50, ""):
        assert places({"lib/app.ts": b"one\n"}, f"f (/home/me/lib/app.ts:{line}:1)") == {}


def test_a_bare_name_counts_in_the_folder_of_the_app_only():
    stack = STACK._replace(template="infra/cdk.out/App.template.json", metadata="m.json")
    entries = {"/A": [{"type": "aws:cdk:logicalId", "data": "A", "trace": ["f (/x/app.js:1:1)"]}]}
    data = json.dumps(entries).encode()
    assert created_at(MemoryTree({"m.json": data, "app.js": b"one\n"}), stack) == {}
    found = created_at(MemoryTree({"m.json": data, "infra/app.js": b"one\n"}), stack)
    assert found["A"].path == "infra/app.js"


def test_older_manifests_hold_the_metadata_themselves():
    metadata = {"/App/R": [{"type": "aws:cdk:logicalId", "data": "R", "trace": ["(/a/b.py:1:1)"]}]}
    artifact = {"properties": {"templateFile": "App.template.json"}, "metadata": metadata}
    tree = MemoryTree(
        {
            "cdk.out/manifest.json": json.dumps({"artifacts": {"App": artifact}}).encode(),
            "b.py": b"Role()\n",
        }
    )
    assert created_at(tree, STACK._replace(metadata=""))["App/R"].path == "b.py"


def test_broken_metadata_tells_no_places():
    for text in (b"", b"{", b"[1]", b'{"/A": 1, "/B": [2, {"type": 3, "trace": 4}]}'):
        assert created_at(MemoryTree({STACK.metadata: text}), STACK) == {}
