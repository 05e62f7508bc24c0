"""Rules of a team: the same files as our own, in a folder that the configuration names.

They are data: what is decided in Python is leastwise's own. A file with a mistake is refused
and told; the others count.
"""

import json
from collections.abc import Iterator, Mapping
from importlib.resources import files as package_files
from typing import Any, NamedTuple

from leastwise.rules.catalogue import catalogue
from leastwise.rules.compile import compiled
from leastwise.rules.format import Rule, rule_from
from leastwise.rules.reading import RuleFault, RuleFile, read_rule

MAX_FILES = 200
MAX_QUESTIONS = 100
"""Of one rule: each is put to every principal and policy."""
FILLED = ("subject", "may", "action", "resource", "principal")
"""What the braces of a message are filled with."""
PAGE = "https://github.com/leastwise/leastwise/blob/main/docs/team-rules.md"


class TeamRules(NamedTuple):
    """Hold the rules of a folder, the files they stand in, and what is wrong with others."""

    rules: tuple[Rule, ...] = ()
    files: tuple[RuleFile, ...] = ()
    faults: tuple[RuleFault, ...] = ()


def rule_schema() -> Mapping[str, Any]:
    """Return the schema of rule files."""
    text = package_files("leastwise").joinpath("data/rule.schema.json").read_text("utf-8")
    schema: Mapping[str, Any] = json.loads(text)
    return schema


def team_rules(files: Mapping[str, bytes]) -> TeamRules:
    """Read rule files by their paths, ``GROUP/NAME.yaml`` below a folder; at most 200."""
    schema = rule_schema()
    taken = {rule.info.id: "leastwise" for rule in catalogue()}
    found: list[RuleFile] = []
    faults: list[RuleFault] = []
    for path in sorted(files)[:MAX_FILES]:
        read = read_rule(path, files[path], schema)
        if not isinstance(read, RuleFile):
            faults += read
            continue
        wrong = tuple(_refused(read, taken))
        faults += wrong
        if not wrong:
            found.append(read)
            taken[read.data["id"]] = path
    if len(files) > MAX_FILES:
        path = sorted(files)[MAX_FILES]
        faults.append(RuleFault(path, f"only {MAX_FILES} rules are read, this one is not"))
    rules = tuple(_rule(file) for file in found)
    return TeamRules(rules, tuple(found), tuple(faults))


def _refused(file: RuleFile, taken: Mapping[str, str]) -> Iterator[RuleFault]:
    name = file.data["id"]
    if "decide" in file.data:
        words = "'decide' is for leastwise's own rules; ask with 'match' or 'grades'"
        yield RuleFault(file.path, words)
    if file.path != f"{name}.yaml":
        yield RuleFault(file.path, f"the rule {name!r} belongs in {name}.yaml")
    asked = _questions([file.data.get("match"), file.data.get("grades")])
    if asked > MAX_QUESTIONS:
        yield RuleFault(file.path, f"it asks {asked} questions; at most {MAX_QUESTIONS} are asked")
    for message in _messages(file.data):
        for word in _unfilled(message):
            known = ", ".join(f"{{{one}}}" for one in FILLED)
            yield RuleFault(file.path, f"message: nothing fills in {{{word}}}; known are {known}")
    if name in taken:
        yield RuleFault(file.path, f"there is a rule {name!r} already, of {taken[name]}")


def _questions(match: Any) -> int:
    """Count the requests that a match asks for."""
    if isinstance(match, list):
        return sum(map(_questions, match))
    if not isinstance(match, dict):
        return 0
    return sum(
        1 if word in ("allows", "allows_all") else _questions(part) for word, part in match.items()
    )


def _messages(data: Mapping[str, Any]) -> Iterator[str]:
    yield data["message"]
    yield from (grade["message"] for grade in data.get("grades", ()) if "message" in grade)


def _unfilled(message: str) -> Iterator[str]:
    """Return the words in braces that stay as they are written."""
    for part in message.split("{")[1:]:
        word, closing, _ = part.partition("}")
        if closing and word.isidentifier() and word not in FILLED:
            yield word


def _rule(file: RuleFile) -> Rule:
    rule = rule_from(compiled(file.data), None)
    page = next(iter(rule.info.references), PAGE)
    return rule._replace(info=rule.info._replace(page=page))
