"""Take addresses and references apart, as in ``module.a["x.y"].aws_iam_role.r[0].arn``."""

from typing import NamedTuple


class Target(NamedTuple):
    """Hold what a reference leads to; ``key`` is spelled with its brackets, or empty."""

    head: str
    key: str
    rest: str


def steps(address: str) -> list[str]:
    """Split at the dots that stand outside of brackets; an index stays with its name."""
    found: list[str] = []
    start = at = depth = 0
    quoted = False
    while at < len(address):
        character = address[at]
        if quoted:
            at += character == "\\"
            quoted = character != '"'
        elif character == '"':
            quoted = True
        elif character == "." and not depth:
            found.append(address[start:at])
            start = at + 1
        else:
            depth += {"[": 1, "]": -1}.get(character, 0)
        at += 1
    return [*found, address[start:]]


def module_of_address(address: str) -> str:
    """Return the module part of a resource address; empty for the root module."""
    parts = steps(address)
    count = 0
    while count + 1 < len(parts) and parts[count] == "module":
        count += 2
    return ".".join(parts[:count])


def call_names(module: str) -> tuple[str, ...]:
    """Return the names of the calls that lead to a module instance, without their keys."""
    return tuple(name_of(part) for part in steps(module)[1::2]) if module else ()


def parent_of(module: str) -> str:
    """Return the module instance that calls another one."""
    return ".".join(steps(module)[:-2])


def inside(module: str, name: str) -> str:
    """Return the address of what a module instance declares."""
    return f"{module}.{name}" if module else name


def name_of(part: str) -> str:
    """Return a step of an address without its index."""
    return part.partition("[")[0]


def target(reference: str) -> Target:
    """Split a reference after the thing it names: a resource, a module call, a variable."""
    parts = steps(reference)
    length = 3 if parts[0] == "data" else 2
    if len(parts) < length:
        return Target(reference, "", "")
    last = parts[length - 1]
    head = ".".join((*parts[: length - 1], name_of(last)))
    return Target(head, last[len(name_of(last)) :], ".".join(parts[length:]))


def leaves(references: object) -> list[str]:
    """Return what an expression refers to, without the prefixes that are listed after each."""
    found: list[str] = []
    for one in references if isinstance(references, list) else ():
        if isinstance(one, str) and not any(_begins(kept, one) for kept in found):
            found.append(one)
    return found


def _begins(longer: str, prefix: str) -> bool:
    return longer.startswith(prefix) and longer[len(prefix) : len(prefix) + 1] in ("", ".", "[")
