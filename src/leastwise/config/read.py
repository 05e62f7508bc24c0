"""Read the configuration from TOML text, or say what is wrong with it and where.

The file comes with the scanned tree, so it may be a stranger's: it can name rules, globs,
accounts, and files inside the tree, and no code, no address and no other file.
"""

import posixpath
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from leastwise.config.lines import line_of
from leastwise.config.model import Config, ExpectedAdmin, LevelOverride, PathIgnore, RootSettings

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

MAX_CHARACTERS = 1024 * 1024
_PYPROJECT_TABLE = ("tool", "leastwise")

_FILES = ("var-files", "parameter-files", "scps")

_Path: TypeAlias = tuple[str | int, ...]
_Table: TypeAlias = Mapping[str, Any]


class ConfigProblem(NamedTuple):
    """Say what is wrong; ``message`` begins with the file and, where it is known, the line."""

    source: str
    line: int | None
    message: str


def read_config(text: str, source: str) -> Config | ConfigProblem:
    """Return the configuration; ``source`` is the path of the file, used in messages.

    A file named ``pyproject.toml`` counts by its table ``[tool.leastwise]`` only, any other as
    a whole. Without settings the result is the default configuration.
    """
    prefix = _PYPROJECT_TABLE if source.rpartition("/")[2] == "pyproject.toml" else ()
    document = _parsed(text, source)
    if isinstance(document, ConfigProblem):
        return document
    table: Any = document
    for name in prefix:
        table = table.get(name, {}) if isinstance(table, dict) else {}
    if table == {}:
        return Config()
    wrong = _wrong(table)
    if wrong is None:
        return config_of(table)
    path, words = wrong
    return _problem(source, line_of(text, (*prefix, *path)), words)


def _problem(source: str, line: int | None, words: str) -> ConfigProblem:
    where = source if line is None else f"{source}:{line}"
    return ConfigProblem(source, line, f"{where}: {words}")


def _parsed(text: str, source: str) -> _Table | ConfigProblem:
    if len(text) > MAX_CHARACTERS:
        return _problem(source, None, f"larger than {MAX_CHARACTERS} characters")
    import tomllib

    try:
        return tomllib.loads(text)
    except RecursionError:
        return _problem(source, None, "nested too deep")
    except ValueError as error:
        # TOMLDecodeError, and what int() says of a number with too many digits
        words, line = _placed(str(error), text)
        return _problem(source, line, f"not valid TOML: {words}")


def _placed(words: str, text: str) -> tuple[str, int | None]:
    """Take the place, ``(at line 3, column 5)``, off tomllib's message."""
    at_end = words.removesuffix(" (at end of document)")
    if at_end != words:
        return at_end, text.rstrip().count("\n") + 1
    told, found, place = words.rpartition(" (at line ")
    number = place.partition(",")[0]
    return (told, int(number)) if found and number.isdigit() else (words, None)


def wrong_settings(table: Any) -> str | None:
    """Say what is wrong with settings that stand in another file, None when nothing is."""
    found = _wrong(table)
    return None if found is None else found[1]


def _wrong(table: Any) -> tuple[_Path, str] | None:
    """Return the path to the first value that the schema or we refuse, and why."""
    from jsonschema import Draft202012Validator

    errors = Draft202012Validator(_schema()).iter_errors(table)
    first = min(errors, key=lambda error: [str(part) for part in error.absolute_path], default=None)
    if first is not None:
        return _explained(first)
    for key in ("baseline", "rules"):
        path = table.get(key, "inside")
        if not _is_inside(path):
            return (key,), f"{key} {path!r} must be a relative path inside the tree"
    for path in table.get("scps", ()):
        if not _is_relative(path):
            return ("scps",), f"scps {path!r} must be a relative path"
    return _wrong_roots(table.get("root", ()))


def _wrong_roots(roots: Iterable[_Table]) -> tuple[_Path, str] | None:
    """Refuse absolute paths, and two entries that can't be told apart."""
    seen: dict[tuple[str, str], int] = {}
    for number, entry in enumerate(roots):
        named = [("path", entry["path"])]
        named += [(key, path) for key in _FILES for path in entry.get(key, ())]
        for key, path in named:
            if not _is_relative(path):
                words = f"root[{number}].{key} {path!r} must be a relative path"
                return ("root", number, key), words
        one = posixpath.normpath(entry["path"]), _environment(entry)
        if one in seen:
            told = f"the environment {one[1]!r}" if one[1] else "no environment"
            words = f"root[{number}] and root[{seen[one]}] are both {one[0]!r} with {told}"
            return ("root", number, "path"), f"{words}: name each 'environment'"
        seen[one] = number
    return None


def _environment(entry: _Table) -> str:
    name: str = entry.get("environment") or entry.get("workspace", "")
    return name


def _schema() -> _Table:
    import json
    from importlib.resources import files

    text = files("leastwise").joinpath("data/config.schema.json").read_text("utf-8")
    schema: _Table = json.loads(text)
    return schema


def _is_inside(path: str) -> bool:
    return bool(path) and ".." not in path.split("/") and _is_relative(path)


def _is_relative(path: str) -> bool:
    # a backslash or a colon could make it absolute on Windows
    return not path.startswith("/") and not any(c in path for c in "\\:\0")


def _explained(error: "ValidationError") -> tuple[_Path, str]:
    """Turn a schema error into our words."""
    path: _Path = tuple(error.absolute_path)
    name = _spelled(path)
    value: Any = error.validator_value
    instance: Any = error.instance
    match error.validator:
        case "additionalProperties":
            return _unknown_key(path, error)
        case "required":
            missing = next(key for key in value if key not in instance)
            return path, f"{name} needs a {missing!r}"
        case "type":
            hint = f": write [[{name}]]" if name in _TABLES and _kind(instance) == "a table" else ""
            kinds = value if isinstance(value, list) else [value]
            known = ", ".join(_TYPES[kind] for kind in kinds)
            return path, f"{name} must be {known}, not {_kind(instance)}{hint}"
        case "enum":
            known = ", ".join(repr(allowed) for allowed in value)
            return path, f"{name} must be one of {known}, not {_short(instance)}"
        case _:
            return path, f"{name} {_refused(path)}, not {_short(instance)}"


_TABLES = ("root", "expected-admins")
_TYPES = {
    "object": "a table",
    "array": "a list",
    "string": "a string",
    "boolean": "true or false",
    "number": "a number",
}


def _kind(value: object) -> str:
    if isinstance(value, Mapping):
        return "a table"
    return "a list" if isinstance(value, list) else _short(value)


def _refused(path: _Path) -> str:
    """Say what a string at the path must be."""
    match path:
        case ("own-accounts", _) | ("account",) | ("root", _, "account"):
            return "must be an account number of 12 digits"
        case ("root", _, "region"):
            return "must be a region like 'eu-central-1'"
        case ("root", _, "environment" | "workspace"):
            return "must be a name of letters, digits and . _ / -"
        case ("own-organizations", _):
            return "must be the id of an organization, like 'o-a1b2c3d4e5'"
        case ("sensitive", _) | ("required-boundary",):
            return "must be an ARN, * and ? stand for any characters"
        case ("forbidden-actions", _):
            return "must be an action, like 'iam:CreateUser' or 'iam:Create*'"
        case ("levels",):
            return "must name rules or groups"
        case ("select" | "ignore", _) | ("per-path-ignores", _, _):
            return "must be a rule id or a group, like 'wildcard/admin' or 'wildcard'"
        case _:
            return "must not be empty"


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:59] + "…"


def _spelled(path: _Path) -> str:
    parts = [f"[{part}]" if isinstance(part, int) else f".{part}" for part in path]
    return "".join(parts).removeprefix(".") or "the configuration"


def _unknown_key(path: _Path, error: "ValidationError") -> tuple[_Path, str]:
    from difflib import get_close_matches

    schema: Any = error.schema
    instance: Any = error.instance
    known: Iterable[str] = schema["properties"]
    unknown: str = next(key for key in instance if key not in known)
    near = get_close_matches(unknown.replace("_", "-").lower(), known, n=1)
    hint = f", did you mean {near[0]!r}?" if near else f"; known are {', '.join(sorted(known))}"
    return (*path, unknown), f"unknown key {_short(unknown)}{hint}"


def config_of(table: _Table) -> Config:
    """Make a configuration of a table that the schema accepts."""
    return Config(
        select=tuple(table.get("select", ())),
        ignore=tuple(table.get("ignore", ())),
        exclude=tuple(table.get("exclude", ())),
        per_path_ignores=tuple(
            PathIgnore(path, tuple(rules))
            for path, rules in table.get("per-path-ignores", {}).items()
        ),
        fail_on=table.get("fail-on", "error"),
        own_accounts=tuple(table.get("own-accounts", ())),
        expected_admins=tuple(
            ExpectedAdmin(entry["match"], entry["reason"].strip())
            for entry in table.get("expected-admins", ())
        ),
        baseline=table.get("baseline"),
        roots=tuple(map(_root, table.get("root", ()))),
        opentofu=table.get("opentofu", False),
        levels=tuple(LevelOverride(rule, level) for rule, level in table.get("levels", {}).items()),
        own_organizations=tuple(table.get("own-organizations", ())),
        trusted_principals=tuple(table.get("trusted-principals", ())),
        sensitive=tuple(table.get("sensitive", ())),
        required_boundary=table.get("required-boundary"),
        forbidden_actions=tuple(table.get("forbidden-actions", ())),
        account=table.get("account"),
        scps=tuple(table.get("scps", ())),
        rules=table.get("rules"),
        preview=table.get("preview", False),
    )


def _root(entry: _Table) -> RootSettings:
    return RootSettings(
        path=entry["path"],
        var_files=tuple(entry.get("var-files", ())),
        workspace=entry.get("workspace"),
        environment=_environment(entry),
        account=entry.get("account"),
        scps=tuple(entry.get("scps", ())),
        region=entry.get("region"),
        parameters=tuple((k, _value(v)) for k, v in entry.get("parameters", {}).items()),
        parameter_files=tuple(entry.get("parameter-files", ())),
    )


def _value(given: Any) -> str | tuple[str, ...]:
    """Spell the value of a parameter as the AWS CLI takes it."""
    if isinstance(given, list):
        return tuple(map(str, given))
    return str(given).lower() if isinstance(given, bool) else str(given)
