"""Load one template from its text, and find what it declares by its address."""

from leastwise.config.model import Config
from leastwise.frontends import cloudformation
from leastwise.iam.project import Root
from leastwise.iam.resolution import plain
from leastwise.source.tree import MemoryTree


def load(text, path="stack.yaml"):
    data = text if isinstance(text, bytes) else text.encode()
    return cloudformation.load(Root("cloudformation", path), MemoryTree({path: data}), Config())


def policy(project, address):
    (found,) = [p for p in project.policies if p.address == address]
    return found


def principal(project, address):
    (found,) = [p for p in project.principals if p.address == address]
    return found


def document(project, address):
    return plain(policy(project, address).value)


def codes(project):
    return [(d.severity, d.code) for d in project.diagnostics]
