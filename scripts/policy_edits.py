"""Edit the statements, actions and resources of policy documents the way engineers do.

An edit takes a document (plain JSON data) and a ``random.Random`` and changes the document in
place; False says that it does not apply to this document. All edits by name: ``policy_pairs``.
"""

import random
from collections.abc import Callable
from copy import deepcopy
from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]
Edit: TypeAlias = Callable[[Json, random.Random], bool]

ACCOUNT = "123456789012"


def listed(value: Any) -> list[Any]:
    """Return a list as it is, anything else as a list of one."""
    return value if isinstance(value, list) else [value]


def statements(document: Json) -> list[Json]:
    """Return the list of statements, made a list in place if it was a single one."""
    document["Statement"] = listed(document["Statement"])
    return document["Statement"]


def drop_statement(document: Json, chance: random.Random) -> bool:
    """Take one of several statements away."""
    row = statements(document)
    if len(row) < 2:
        return False
    row.pop(chance.randrange(len(row)))
    return True


def drop_action(document: Json, chance: random.Random) -> bool:
    """Take one of several actions away."""
    return _on_list(document, chance, "Action", lambda row: row.pop(chance.randrange(len(row))))


def add_action(document: Json, chance: random.Random) -> bool:
    """Let a statement match one more action of a service it has."""
    statement = pick(document, chance, "Action")
    if statement is None:
        return False
    actions = listed(statement["Action"])
    service = service_of(chance.choice(actions))
    verb = chance.choice(["Create", "Delete", "Describe", "Get", "List", "Put", "Update", "Tag"])
    statement["Action"] = [*actions, f"{service}:{verb}{chance.choice(['*', 'Resource', 'Tags'])}"]
    return True


def widen_action(document: Json, chance: random.Random) -> bool:
    """Replace an action by all actions of its service."""
    return _on_action(
        document,
        chance,
        lambda action: not action.endswith(":*") and ":" in action,
        lambda action: f"{service_of(action)}:*",
    )


def narrow_action(document: Json, chance: random.Random) -> bool:
    """Replace all actions of a service by those that read."""
    return _on_action(
        document,
        chance,
        lambda action: action.endswith(":*"),
        lambda action: action[:-1] + chance.choice(["Get*", "List*", "Describe*"]),
    )


def shorten_action(document: Json, chance: random.Random) -> bool:
    """Cut the end of an action off and put a star there."""
    return _on_action(
        document,
        chance,
        lambda action: ":" in action and len(_name(action)) > 5,
        lambda action: action[: -chance.randrange(1, len(_name(action)) - 2)] + "*",
    )


def narrow_resource(document: Json, chance: random.Random) -> bool:
    """Replace the resource ``*`` by a pattern of ARNs."""
    statement = pick(document, chance, "Resource", lambda s: "*" in listed(s["Resource"]))
    if statement is None:
        return False
    service = service_of(chance.choice(listed(statement.get("Action", "s3:*"))))
    statement["Resource"] = chance.choice(
        [
            f"arn:aws:{service}:*:{ACCOUNT}:*",
            f"arn:aws:{service}:eu-west-1:{ACCOUNT}:app/*",
            [f"arn:aws:{service}:::app-*", f"arn:aws:{service}:::app-*/*"],
            f"arn:*:{service}:*:*:*/prod-?",
        ]
    )
    return True


def widen_resource(document: Json, chance: random.Random) -> bool:
    """Replace the resources of a statement by ``*``."""
    statement = pick(document, chance, "Resource", lambda s: "*" not in listed(s["Resource"]))
    if statement is None:
        return False
    statement["Resource"] = "*"
    return True


def lengthen_resource(document: Json, chance: random.Random) -> bool:
    """Let one ARN match only what also has a longer name, or another account."""
    statement = pick(document, chance, "Resource", lambda s: "*" not in listed(s["Resource"]))
    if statement is None:
        return False
    row = list(listed(statement["Resource"]))
    place = chance.randrange(len(row))
    row[place] = chance.choice([row[place] + "/app-*", row[place] + "?", row[place] + "*"])
    statement["Resource"] = row
    return True


def drop_resource(document: Json, chance: random.Random) -> bool:
    """Take one of several resources away."""
    return _on_list(document, chance, "Resource", lambda row: row.pop(chance.randrange(len(row))))


def negate_action(document: Json, chance: random.Random) -> bool:
    """Replace Action by NotAction or the other way round."""
    return _swap(document, chance, "Action", "NotAction")


def negate_resource(document: Json, chance: random.Random) -> bool:
    """Replace Resource by NotResource or the other way round, for other resources than all."""
    return _swap(document, chance, "Resource", "NotResource")


def split_actions(document: Json, chance: random.Random) -> bool:
    """Split a statement's actions over two statements."""
    return _split(document, chance, "Action")


def split_resources(document: Json, chance: random.Random) -> bool:
    """Split a statement's resources over two statements."""
    return _split(document, chance, "Resource")


def split_resource_cases(document: Json, chance: random.Random) -> bool:
    """Split a statement on all resources in two, for some resources and for all others."""
    statement = pick(document, chance, "Resource", lambda s: listed(s["Resource"]) == ["*"])
    if statement is None:
        return False
    row = statements(document)
    rest = {k: v for k, v in anonymous(statement).items() if k != "Resource"}
    pattern = f"arn:aws:*:*:{ACCOUNT}:*"
    row[row.index(statement)] = rest | {"Resource": pattern}
    row.append(rest | {"NotResource": pattern})
    return True


def respell(document: Json, chance: random.Random) -> bool:
    """Change the order of everything, the case of actions and keys, and repeat an action."""
    row = statements(document)
    for statement in row:
        for name in ("Action", "NotAction", "Resource", "NotResource"):
            if isinstance(statement.get(name), list):
                chance.shuffle(statement[name])
        actions = statement.get("Action", [])
        if isinstance(actions, list) and actions:
            actions.append(chance.choice(actions).lower())
        if "Condition" in statement:
            statement["Condition"] = {
                name: {key.upper(): values for key, values in block.items()}
                for name, block in statement["Condition"].items()
            }
    chance.shuffle(row)
    return True


def reorder(document: Json, chance: random.Random) -> bool:
    """Change the order of the statements."""
    row = statements(document)
    chance.shuffle(row)
    return len(row) > 1


def deny_the_rest(document: Json, chance: random.Random) -> bool:
    """Allow what a lone statement allows by way of a wider Allow and a Deny of the rest."""
    if len(statements(document)) != 1:
        return False
    statement = pick(
        document,
        chance,
        "Resource",
        lambda s: s["Effect"] == "Allow" and "*" not in listed(s["Resource"]),
    )
    if statement is None or "${" in str(statement):
        return False
    denied = {"Effect": "Deny", "Action": "*", "NotResource": statement["Resource"]}
    statement["Resource"] = "*"
    statements(document).append(denied)
    return True


def pick(
    document: Json,
    chance: random.Random,
    element: str,
    fits: Callable[[Json], bool] = lambda _: True,
) -> Json | None:
    """Return one of the statements that have an element and fit, None when there is none."""
    row = [s for s in statements(document) if s.get(element) and fits(s)]
    return chance.choice(row) if row else None


def _on_list(
    document: Json, chance: random.Random, element: str, change: Callable[[list[Any]], Any]
) -> bool:
    statement = pick(document, chance, element, lambda s: len(listed(s[element])) > 1)
    if statement is None:
        return False
    statement[element] = list(statement[element])
    change(statement[element])
    return True


def _on_action(
    document: Json,
    chance: random.Random,
    fits: Callable[[str], bool],
    change: Callable[[str], str],
) -> bool:
    statement = pick(document, chance, "Action", lambda s: any(map(fits, listed(s["Action"]))))
    if statement is None:
        return False
    row = list(listed(statement["Action"]))
    place = chance.choice([i for i, action in enumerate(row) if fits(action)])
    row[place] = change(row[place])
    statement["Action"] = row
    return True


def _swap(document: Json, chance: random.Random, one: str, other: str) -> bool:
    row = [s for s in statements(document) if listed(s.get(one, s.get(other, "*"))) != ["*"]]
    if not row:
        return False
    statement = chance.choice(row)
    old, new = (one, other) if one in statement else (other, one)
    statement[new] = statement.pop(old)
    return True


def _split(document: Json, chance: random.Random, element: str) -> bool:
    statement = pick(document, chance, element, lambda s: len(listed(s[element])) > 1)
    if statement is None:
        return False
    row, values = statements(document), statement[element]
    cut = chance.randrange(1, len(values))
    halves = [anonymous(statement) | {element: part} for part in (values[:cut], values[cut:])]
    place = row.index(statement)
    row[place : place + 1] = halves
    return True


def anonymous(statement: Json) -> Json:
    """Return a copy of a statement without its Sid, which is unique in a document."""
    return {name: deepcopy(value) for name, value in statement.items() if name != "Sid"}


def service_of(action: str) -> str:
    """Return the service prefix of an action, ``s3`` for all services."""
    service = action.partition(":")[0]
    return "s3" if "*" in service else service


def _name(action: str) -> str:
    return action.partition(":")[2]
