"""The bundled data about SAM is what its builder makes of the published translator."""

import json
import runpy
import sys
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[5]
DATA = ROOT / "src" / "leastwise" / "data"
FILES = ("sam_policy_templates.json", "sam_connectors.json")


def test_the_files_are_what_the_builder_writes(tmp_path, monkeypatch):
    source = json.loads((DATA / FILES[0]).read_text("utf-8"))["meta"]["source"]
    if metadata.version("aws-sam-translator") not in source:
        pytest.skip(f"the files were built from {source.partition(',')[0]}")
    monkeypatch.setattr(sys, "argv", ["build", "--output", str(tmp_path)])
    script = str(ROOT / "scripts" / "build_sam_policy_templates.py")
    runpy.run_path(script, run_name="__main__")
    for name in FILES:
        assert (tmp_path / name).read_bytes() == (DATA / name).read_bytes()


@pytest.mark.parametrize("name", FILES)
def test_the_files_say_where_they_are_from(name):
    meta = json.loads((DATA / name).read_text("utf-8"))["meta"]
    assert meta["licence"] == "Apache-2.0"
    assert meta["source"].startswith("aws-sam-translator ")
