"""Tell the configurations of the Serverless Framework, and its compiled output, by their names.

Source: "Serverless Framework - Services" and "serverless package", Serverless Framework guides.
"""

import posixpath

from leastwise.iam.project import NotInView
from leastwise.source.span import Span

WRITTEN = ("serverless.yml", "serverless.yaml", "serverless.json")
PROGRAMS = ("serverless.ts", "serverless.js", "serverless.cjs", "serverless.mjs")
_OUTPUT = ".serverless"
_STATE = "serverless-state.json"
_CREATE = "cloudformation-template-create-stack.json"
_UPDATE = "cloudformation-template-update-stack.json"
_WORDS = (b"service", b"provider")


def is_written(path: str) -> bool:
    """Say whether a file is, by its name, a service that is written as data."""
    return posixpath.basename(path) in WRITTEN


def is_program(path: str) -> bool:
    """Say whether a file is, by its name, a service that a program makes."""
    return posixpath.basename(path) in PROGRAMS


def makes_service(data: bytes) -> bool:
    """Say whether a program of that name has the words of a service: the name is no rare one."""
    return all(word in data for word in _WORDS)


def is_superseded(path: str, files: frozenset[str]) -> bool:
    """Say whether compiled output says what another file of it says: bootstrap, and state."""
    folder, _, name = path.rpartition("/")
    if folder.rpartition("/")[2] != _OUTPUT:
        return False
    return name == _STATE or (name == _CREATE and f"{folder}/{_UPDATE}" in files)


def unseen_program(path: str) -> NotInView:
    """List a service that is written in a programming language."""
    message = f"{posixpath.basename(path)!r} is a program: the service it makes is not read"
    remedy = f"run 'serverless package', then 'leastwise check {_OUTPUT}' in its folder"
    return NotInView("serverless-framework", Span(path, 0, 0), message, remedy)
