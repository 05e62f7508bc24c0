"""The arguments of every command."""

import argparse
from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeAlias

from leastwise.cli.manners import MANNERS

FORMATS = ("text", "json", "sarif", "patch")
PICTURES = ("text", "mermaid", "dot", "json", "html")
MAX_JOBS = 61
"""What a process pool takes on Windows."""
KINDS = ("identity", "trust", "resource", "boundary", "session", "scp", "rcp", "endpoint")


def parser(chosen: str | None) -> argparse.ArgumentParser:
    """Build the parser; ``parse_args`` exits with 2 on wrong use, as argparse does.

    Only the ``chosen`` command gets its arguments: to add those of all takes longer than a run.
    """
    top = argparse.ArgumentParser(
        prog="leastwise",
        description="Check what AWS permissions infrastructure code would really grant.",
        epilog="Exit codes: 0 clean, 1 findings, 2 something was not analysed, or wrong use;"
        " of can, compare and test: 'leastwise COMMAND --help'.",
        allow_abbrev=False,
    )
    top.add_argument("--version", action="store_true", help="print the version and exit")
    commands = top.add_subparsers(dest="command", metavar="COMMAND")
    for name, (text, add_arguments) in _COMMANDS.items():
        command = _command(commands, name, text)
        if name == chosen:
            add_arguments(command)
    return top


def parse(top: argparse.ArgumentParser, arguments: Sequence[str]) -> argparse.Namespace:
    """Parse the arguments; a question's words may stand on both sides of its options.

    argparse takes an optional positional as absent once it meets an option.
    """
    parsed, rest = top.parse_known_args(arguments)
    words = [word for word in rest if not word.startswith("-")]
    if rest and (parsed.command not in _QUESTIONS or words != rest):
        top.error(f"unrecognized arguments: {' '.join(rest)}")
    for name in _QUESTION:
        if words and getattr(parsed, name, "") is None:
            setattr(parsed, name, words.pop(0))
    if words:
        parsed.paths = words if parsed.paths is _HERE else [*parsed.paths, *words]
    return parsed


_QUESTIONS = ("can", "who", "why")
_QUESTION = ("principal", "action", "resource")
_HERE = ["."]

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # noqa: SLF001 - it has no public name


def _command(commands: Commands, name: str, text: str) -> argparse.ArgumentParser:
    usage, epilog = MANNERS.get(name, (None, None))
    description = text.capitalize() + "."
    return commands.add_parser(name, help=text, description=description, usage=usage, epilog=epilog)


def _paths(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "paths", nargs="*", default=_HERE, metavar="PATH", help="files or folders; - is stdin"
    )
    command.add_argument("--stdin-filename", metavar="NAME", help="the file that stdin stands for")
    command.add_argument("--config", metavar="FILE", help="use this configuration file")
    command.add_argument(
        "--exclude", action="append", default=[], metavar="GLOB", help="leave out matching paths"
    )
    command.add_argument(
        "--kind",
        choices=KINDS,
        help="what IAM documents in JSON are (default: as name and content say)",
    )
    _deployment(command)
    command.add_argument(
        "--jobs", type=_jobs, default=0, metavar="N", help="processes that read (0: decide)"
    )


def _deployment(command: argparse.ArgumentParser) -> None:
    for flag, metavar, text in (
        ("--var", "NAME=VALUE", "set a variable of Terraform root modules; repeatable"),
        ("--var-file", "FILE", "read variables of Terraform root modules; repeatable"),
        ("--parameter", "NAME=VALUE", "set a parameter of CloudFormation templates; repeatable"),
        (
            "--parameter-file",
            "FILE",
            "read parameters of templates (JSON, YAML, samconfig.toml); repeatable",
        ),
    ):
        # One list for all: the last value of a variable counts, whichever flag gave it.
        command.add_argument(
            flag,
            action="append",
            dest="variables",
            default=[],
            type=partial(_flagged, flag),
            metavar=metavar,
            help=text,
        )
    command.add_argument(
        "--environment",
        metavar="NAME",
        help="check only this one where the configuration has several",
    )


def _flagged(flag: str, text: str) -> tuple[str, str]:
    return flag, text


def _name(text: str) -> str:
    if not text.strip():
        raise argparse.ArgumentTypeError("is empty: name a principal")
    return text


def _jobs(text: str) -> int:
    number = int(text) if text.isdecimal() else MAX_JOBS + 1
    if number > MAX_JOBS:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 0 to {MAX_JOBS}")
    return number


def _selection(command: argparse.ArgumentParser) -> None:
    for flag, text in (("--select", "run only these rules"), ("--ignore", "leave out these rules")):
        command.add_argument(
            flag, action="append", default=[], metavar="RULES", help=f"{text} or groups (commas)"
        )
    command.add_argument("--preview", action="store_true", help="run rules in preview too")
    command.add_argument(
        "--strict",
        action="store_true",
        help="what is not in view, and warnings about input, exit 2 too",
    )
    command.add_argument(
        "--allow-incomplete", action="store_true", help="unread input does not exit 2"
    )


def _gate(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--fail-on",
        choices=("error", "warning", "note", "never"),
        help="the level from which findings fail the run (default: error)",
    )
    command.add_argument("--exit-zero", action="store_true", help="exit 0 in spite of findings")
    command.add_argument("--baseline", metavar="FILE", help="silence the findings of this baseline")


def _report(command: argparse.ArgumentParser) -> None:
    command.add_argument("--format", choices=FORMATS, default="text", help="what stdout gets")
    _where_to(command, "report", "print every finding, notes too")


def _where_to(command: argparse.ArgumentParser, what: str, show_all: str) -> None:
    command.add_argument(
        "-o",
        "--output",
        action="append",
        default=[],
        metavar="[FORMAT=]FILE",
        help=f"write a {what} to a file; repeatable",
    )
    command.add_argument("--no-color", action="store_true", help="no colour on a terminal")
    command.add_argument("--show-all", action="store_true", help=show_all)


def _fix_flags(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--unsafe-fixes",
        action="store_true",
        help="with writing: also fixes that take access away (proved to add none)",
    )


def _check(command: argparse.ArgumentParser) -> None:
    _paths(command)
    _selection(command)
    _gate(command)
    _report(command)
    command.add_argument("--fix", action="store_true", help="apply fixes, then report what is left")
    _fix_flags(command)


def _fix(command: argparse.ArgumentParser) -> None:
    _paths(command)
    _selection(command)
    _gate(command)
    command.add_argument("--apply", action="store_true", help="write safe fixes to the files")
    _fix_flags(command)
    command.add_argument("--no-color", action="store_true", help=argparse.SUPPRESS)


def _policies(command: argparse.ArgumentParser) -> None:
    _paths(command)
    command.add_argument("--format", choices=("text", "json"), default="text")
    command.add_argument("--no-color", action="store_true", help="no colour on a terminal")
    command.add_argument("--show-all", action="store_true", help="list everything not known")


def _explain(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "what",
        metavar="RULE|FINGERPRINT",
        help="an id, also that of another tool (CKV_AWS_111), or what a report calls fingerprint",
    )
    _paths(command)
    command.add_argument("--no-color", action="store_true", help="no colour on a terminal")


def _test(command: argparse.ArgumentParser) -> None:
    command.add_argument("file", metavar="FILE", help="the expectations, as YAML")
    _paths(command)
    command.add_argument("--format", choices=("text", "json", "junit"), default="text")
    command.add_argument("--no-color", action="store_true", help="no colour on a terminal")
    command.add_argument("--show-all", action="store_true", help="print every breach")


def _rules(command: argparse.ArgumentParser) -> None:
    command.add_argument("--format", choices=("text", "json"), default="text")
    command.add_argument("--config", metavar="FILE", help="use this configuration file")
    actions = command.add_subparsers(dest="action", metavar="ACTION")
    new = _command(actions, "new", "write the first version of a rule of your own")
    new.add_argument("name", metavar="GROUP/NAME", help="the id of the rule, it names what is bad")
    test = _command(actions, "test", "judge the examples of your own rules")
    for one in (new, test):
        one.add_argument(
            "folder",
            nargs="?",
            metavar="FOLDER",
            help="where they are (default: what the configuration says, else leastwise-rules)",
        )


def _baseline(command: argparse.ArgumentParser) -> None:
    actions = command.add_subparsers(dest="action", metavar="ACTION", required=True)
    create = _command(actions, "create", "write today's findings to a baseline file")
    _paths(create)
    _selection(create)
    create.add_argument(
        "-o",
        "--output",
        default="leastwise-baseline.json",
        metavar="FILE",
        help="the file to write (default: leastwise-baseline.json)",
    )


def _can(command: argparse.ArgumentParser) -> None:
    for name, text in (
        ("principal", "who asks: an ARN, an address, or a unique end of one"),
        ("action", "what for: service:Action"),
        ("resource", "on what: an ARN, an address, or *"),
    ):
        command.add_argument(name, nargs="?", metavar=name.upper(), help=text)
    _paths(command)
    command.add_argument(
        "--context",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="a condition key of the request; repeat a key for more values",
    )
    command.add_argument(
        "--cases",
        metavar="FILE",
        help="decide the cases of a file, one JSON object a line, instead; - is stdin",
    )
    _answer(command)


def _who(command: argparse.ArgumentParser) -> None:
    command.add_argument("action", metavar="ACTION", help="what for: service:Action")
    command.add_argument("resource", metavar="RESOURCE", help="on what: an ARN, an address, or *")
    _paths(command)
    command.add_argument(
        "--context",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="a condition key of the request; repeat a key for more values",
    )
    command.add_argument("--show-all", action="store_true", help="list everyone")
    _answer(command)


def _why(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "principal", metavar="PRINCIPAL", help="who begins: an ARN, an address, or an end of one"
    )
    command.add_argument("target", metavar="TARGET", help="whom to become, or admin")
    _paths(command)
    _answer(command)


def _graph(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--from",
        dest="source",
        type=_name,
        metavar="WHO",
        help="only what this one can become: an ARN, an address, or a unique end of one",
    )
    command.add_argument(
        "--to",
        dest="goal",
        type=_name,
        metavar="WHOM",
        help="only who can become this one, or admin",
    )
    _paths(command)
    command.add_argument("--format", choices=PICTURES, default="text", help="what stdout gets")
    _where_to(command, "picture", "tell every chain")


def _answer(command: argparse.ArgumentParser) -> None:
    command.add_argument("--format", choices=("text", "json"), default="text")
    command.add_argument("--no-color", action="store_true", help="no colour on a terminal")


def _compare(command: argparse.ArgumentParser) -> None:
    command.add_argument("old", metavar="OLD", help="the policy to compare with; - is stdin")
    command.add_argument("new", metavar="NEW", help="the policy that must not allow more")
    command.add_argument("--type", choices=KINDS, help="what both are (default: their content)")
    command.add_argument("--format", choices=("text", "json"), default="text")
    command.add_argument("--no-color", action="store_true", help="no colour on a terminal")


_COMMANDS: dict[str, tuple[str, Callable[[argparse.ArgumentParser], None]]] = {
    "check": ("report what is granted beyond need, with a witness", _check),
    "fix": ("print proved patches, or apply them", _fix),
    "policies": ("show every policy document after evaluation", _policies),
    "can": ("answer whether a principal may do something, and why", _can),
    "compare": ("say whether a policy allows more than an older one", _compare),
    "test": ("check the access expectations of a file", _test),
    "who": ("list who may do something, outsiders included", _who),
    "why": ("show how one principal becomes another, or what stops it", _why),
    "graph": ("show who can become whom", _graph),
    "explain": ("explain a rule, or one finding by its fingerprint", _explain),
    "rules": ("list the rules, write and test your own", _rules),
    "baseline": ("keep a list of findings that are known", _baseline),
}


def names(values: Sequence[str]) -> tuple[str, ...]:
    """Split repeated, comma-separated names."""
    return tuple(n.strip() for value in values for n in value.split(",") if n.strip())
