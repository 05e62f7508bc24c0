"""Load a file of IAM JSON: policy documents, or the dump of an account."""

from leastwise.config.model import Config
from leastwise.frontends.iam_json.documents import read_document
from leastwise.frontends.iam_json.recognise import Shape, shape_of
from leastwise.iam.project import Policy, Project, Root
from leastwise.source.diagnostic import Diagnostic
from leastwise.source.json_scan import parse_json, text_of_file
from leastwise.source.span import source_file
from leastwise.source.tree import Tree
from leastwise.source.value import Mapping, Value


def load(root: Root, tree: Tree, config: Config) -> Project:
    """Read one file; what can't be read is a diagnostic of the project."""
    del config  # nothing of it changes how a document reads
    data = tree.read(root.path)
    if isinstance(data, Diagnostic):
        return _failed(root, data)
    text = text_of_file(source_file(root.path, data))
    value = text if isinstance(text, Diagnostic) else parse_json(text, path=root.path)
    if isinstance(value, Diagnostic):
        return _failed(root, value)
    if root.kind == "account-dump" and isinstance(value, Mapping):
        return _account(root, value)
    return _policies(root, value, shape_of(data))


def _failed(root: Root, diagnostic: Diagnostic) -> Project:
    return Project(
        roots=(root,),
        diagnostics=(diagnostic,),
        files=(root.path,),
        read=frozenset((root.path,)),
    )


def _account(root: Root, value: Mapping) -> Project:
    from leastwise.frontends.iam_json.dump import read_dump  # single policies do without it

    dump = read_dump(root, value)
    return Project(
        roots=(root,),
        principals=dump.assembled.principals,
        policies=dump.assembled.policies,
        diagnostics=tuple(dict.fromkeys(dump.diagnostics + dump.assembled.diagnostics)),
        not_in_view=tuple(dict.fromkeys(dump.not_in_view)),
        files=(root.path,),
        read=frozenset((root.path,)),
    )


def _policies(root: Root, value: Value, shape: Shape) -> Project:
    diagnostics: list[Diagnostic] = []
    policies: list[Policy] = [
        read_document(
            value, found, path=root.path, entered_as=root.entered_as, diagnostics=diagnostics
        )
        for found in shape.documents
    ]
    return Project(
        roots=(root,),
        policies=tuple(policies),
        diagnostics=tuple(dict.fromkeys(diagnostics)),
        files=(root.path,),
        read=frozenset((root.path,)),
    )
