"""The rules command: list them, start one of a team, judge the examples of a team's."""

import os
import sys
from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from leastwise.api.workspace import Workspace, WrongUse
from leastwise.cli.stdout import write_out

if TYPE_CHECKING:
    from leastwise.api.settings import Settings
    from leastwise.rules.format import Rule
    from leastwise.source.diagnostic import Diagnostic

FOLDER = "leastwise-rules"


def run(arguments: Namespace) -> int | WrongUse:
    """Run what was asked for and return the exit code: 1 an example is judged otherwise."""
    match arguments.action:
        case "new":
            return _new(arguments)
        case "test":
            return _test(arguments)
        case _:
            return _list(arguments)


def _here() -> Workspace:
    """Name the working directory and nothing in it: rules need no look at other files."""
    from leastwise.source.tree import DiskTree

    cwd = Path.cwd()
    return Workspace(DiskTree(cwd), (), frozenset(), frozenset(), "", cwd)


def _settings(arguments: Namespace) -> "Settings | WrongUse":
    from leastwise.api.options import Options
    from leastwise.api.settings import find_settings

    return find_settings(_here(), Options(config_path=arguments.config), Path.cwd())


def _list(arguments: Namespace) -> int | WrongUse:
    from leastwise.reporters import rules_list
    from leastwise.rules.catalogue import catalogue

    settings = _settings(arguments)
    if isinstance(settings, WrongUse):
        return settings
    rules: tuple[Rule, ...] = catalogue()
    faults: tuple[Diagnostic, ...] = ()
    if settings.config.rules is not None:
        from leastwise.api.options import Options
        from leastwise.api.team_rules import rules_of_team

        options = Options(config_path=arguments.config)
        own, faults = rules_of_team(_here(), settings, options, Path.cwd())
        rules = (*rules, *own)
    infos = tuple(rule.info for rule in rules)
    render = rules_list.as_json if arguments.format == "json" else rules_list.as_text
    write_out(render(infos))
    _tell(faults)
    return 2 if faults else 0


def _tell(faults: "tuple[Diagnostic, ...]") -> None:
    tree = _here().tree
    for fault in faults:
        data = tree.read(fault.span.path)
        line = data.count(b"\n", 0, fault.span.start) + 1 if isinstance(data, bytes) else 1
        place = f"{fault.span.path}:{line}" if fault.span.end else fault.span.path
        _complain(f"{place}: {fault.message}")


def _folder(arguments: Namespace) -> str | WrongUse:
    if arguments.folder is not None:
        folder: str = arguments.folder
        return folder.rstrip("/")
    settings = _settings(arguments)
    if isinstance(settings, WrongUse):
        return settings
    return settings.config.rules or FOLDER


def _new(arguments: Namespace) -> int | WrongUse:
    from leastwise.rules.catalogue import catalogue
    from leastwise.rules.reading import RuleFile, read_rule
    from leastwise.rules.skeleton import skeleton
    from leastwise.rules.team import rule_schema

    name: str = arguments.name
    folder = _folder(arguments)
    if isinstance(folder, WrongUse):
        return folder
    text = skeleton(name)
    read = read_rule(f"{name}.yaml", text.encode(), rule_schema())
    if not isinstance(read, RuleFile):
        return WrongUse(f"{name!r} is no id for a rule: write GROUP/NAME, as in acme/public-bucket")
    if any(name == rule.info.id for rule in catalogue()):
        return WrongUse(f"{name!r} is a rule of leastwise; yours needs another name")
    place = Path(folder) / f"{name}.yaml"
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with place.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError:
        return WrongUse(f"{place.as_posix()!r} exists, it is left as it is")
    except OSError as error:
        return WrongUse(f"{place.as_posix()!r} can't be written: {error.strerror}")
    write_out(
        f"wrote {place.as_posix()}\n"
        f"edit it, judge its examples with 'leastwise rules test {folder}',\n"
        f'and name the folder in leastwise.toml: rules = "{folder}"\n'
    )
    return 0


def _test(arguments: Namespace) -> int | WrongUse:
    from leastwise.api.rule_examples import told_otherwise
    from leastwise.api.team_rules import read_folder
    from leastwise.reporters.escape import terminal
    from leastwise.reporters.style import counted
    from leastwise.source.tree import DiskTree

    folder = _folder(arguments)
    if isinstance(folder, WrongUse):
        return folder
    if not Path(folder).is_dir():
        return WrongUse(f"{folder!r} is no folder; write a rule with 'leastwise rules new'")
    found, _, unread = read_folder(DiskTree(Path(os.path.abspath(folder))), "")  # noqa: PTH100
    wrong = count = 0
    for rule, file in zip(found.rules, found.files, strict=True):
        for example in file.data["examples"]:
            problem = told_otherwise(rule, example)
            count += 1
            if problem is not None:
                wrong += 1
                place = f"{folder}/{file.path}: {example['name']}"
                write_out(terminal(f"{place}: {problem}") + "\n")
    for fault in found.faults:
        line = "" if fault.line is None else f":{fault.line}"
        _complain(f"{folder}/{fault.path}{line}: {fault.message}")
    for one in unread:
        _complain(f"{folder}/{one.span.path}: {one.message}")
    if not (found.files or found.faults or unread):
        return WrongUse(f"the folder {folder!r} holds no rule, a file GROUP/NAME.yaml")
    rules = counted(len(found.rules), "rule")
    write_out(f"{count - wrong} of {counted(count, 'example')} of {rules} judged as expected\n")
    if found.faults or unread:
        return 2
    return 1 if wrong else 0


def _complain(text: str) -> None:
    from leastwise.reporters.escape import terminal

    sys.stderr.write(terminal(f"leastwise: {text}") + "\n")
