"""Read the files that are used beside a template: parameters, included parts, parts of services."""

from leastwise.frontends.cloudformation.syntax.yaml_reader import read_yaml
from leastwise.source.diagnostic import Diagnostic
from leastwise.source.json_file import read_json
from leastwise.source.span import BOM, source_file
from leastwise.source.value import Value


def read_data(path: str, data: bytes) -> Value | Diagnostic | None:
    """Read a file that begins with a bracket, or is called so, as JSON, any other one as YAML.

    What begins with a bracket and is no JSON may be YAML, unless it is called JSON. Of what is
    wrong with a file the first error is returned; None: it is empty.
    """
    is_named_json = path.endswith(".json")
    if not is_named_json and data.removeprefix(BOM).lstrip()[:1] not in (b"{", b"["):
        return read_yaml_data(path, data)
    value = read_json(path, data)
    if is_named_json or not isinstance(value, Diagnostic):
        return value
    flow = read_yaml_data(path, data)
    return value if isinstance(flow, Diagnostic) else flow


def read_yaml_data(path: str, data: bytes) -> Value | Diagnostic | None:
    """Read a file as YAML, or return the first error in it; None: it is empty."""
    read = read_yaml(source_file(path, data))
    broken = next((d for d in read.diagnostics if d.severity == "error"), None)
    return broken or read.value
