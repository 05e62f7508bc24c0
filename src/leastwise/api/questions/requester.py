"""Say who makes a request: a principal of the tree or an outsider, from what a person typed."""

from typing import NamedTuple

from leastwise.api.naming import Named, NoSuchName, find, principals_of, spells
from leastwise.api.outsiders import Outsider, outsider_in, outsider_of
from leastwise.api.workspace import WrongUse
from leastwise.iam.project import Principal, Project

_MOST_PLACES = 5
_ARN_PARTS = 6


class Requester(NamedTuple):
    """Hold who asks: a principal of the tree, or an outsider."""

    words: str
    principal: Principal | None = None
    outsider: Outsider | None = None


def requester_of(project: Project, text: str) -> Requester | WrongUse:
    """Return who a text names: a principal of the tree before anyone else."""
    found = find(principals_of(project), text, "principal")
    if isinstance(found, NoSuchName):
        found = _roles_of_session(project, text) or found
    if not isinstance(found, NoSuchName):
        if len(found) > 1:
            return _several(project, text, found)
        return insider(project, found[0].address, found[0].principal)
    outsider = outsider_of(text) or _provider(project, text)
    if outsider is None:
        return WrongUse(found.message)
    return Requester(outsider.words, outsider=outsider)


def insider(project: Project, address: str, principal: Principal | None) -> Requester:
    """Return a principal of the tree as who asks; words tell its environment."""
    root = project.owner(principal)
    where = f" in {root.environment}" if root is not None and root.environment else ""
    return Requester(f"{kind_words(principal)} {address}{where}", principal)


def _several(project: Project, text: str, found: tuple[Named, ...]) -> WrongUse:
    """Say where a name is declared, and how to mean one of these."""
    roots = [root for one in found if (root := project.owner(one.principal)) is not None]
    if roots and len({root.path for root in roots}) == 1 and all(r.environment for r in roots):
        if any(root.inputs for root in roots):
            where, remedy = [root.inputs for root in roots], "name one of them as PATH"
        else:
            where, remedy = [root.environment for root in roots], "choose one with --environment"
        return WrongUse(f"{text!r} is in several environments ({_listed(where)}): {remedy}")
    places = [one.span.path for one in found if one.span is not None]
    where = list(dict.fromkeys(places))
    return WrongUse(
        f"{text!r} is declared in several places ({_listed(where)}): name one of them as PATH"
    )


def _listed(names: list[str]) -> str:
    more = len(names) - _MOST_PLACES
    return ", ".join(names[:_MOST_PLACES]) + (f" and {more} more" if more > 0 else "")


def kind_words(principal: Principal | None) -> str:
    """Say what kind of caller a principal is; a group makes no requests, its members do."""
    kind = "principal" if principal is None else principal.kind.replace("-", " ")
    return "members of group" if kind == "group" else kind


def _roles_of_session(project: Project, text: str) -> tuple[Named, ...]:
    """Return the roles whose session an ARN names: ``assumed-role/NAME/SESSION``, without path."""
    parts = text.split(":", 5)
    kind, _, rest = parts[-1].partition("/")
    if len(parts) != _ARN_PARTS or parts[2] != "sts" or kind != "assumed-role":
        return ()
    name = rest.partition("/")[0]
    found = []
    for thing in principals_of(project):
        path = str(thing.arn).rpartition(":")[2]
        arn = ":".join([*parts[:2], "iam", "", parts[4], path])
        is_role = path.startswith("role/") and path.rpartition("/")[2] == name
        if is_role and thing.arn is not None and spells(thing.arn, arn):
            found.append(thing)
    return tuple(found)


def _provider(project: Project, text: str) -> Outsider | None:
    """Return the identity provider whose ARN in a trust policy ends in a name."""
    for principal in project.principals:
        statements = () if principal.trust is None else principal.trust.document.statements
        for statement in statements:
            for entry in statement.principals.entries if statement.principals is not None else ():
                if entry.type == "Federated" and str(entry.pattern).endswith(f"/{text}"):
                    return outsider_in(entry)
    return None
