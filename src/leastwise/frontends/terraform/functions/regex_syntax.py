"""Parse regular expressions of Go (RE2) into a tree.

Source: https://github.com/google/re2/wiki/Syntax and https://pkg.go.dev/regexp/syntax.
"""

from typing import Literal, NamedTuple, TypeAlias

from leastwise.frontends.terraform.functions.regex_classes import (
    MAX_CODE,
    PERL,
    POSIX,
    Ranges,
    inverted,
    unicode_class,
)

MAX_PATTERN = 2_000
MAX_NESTING = 60
MAX_REPEAT = 1_000


class PatternError(Exception):
    """Say that Go refuses the pattern."""


class PatternDoubtError(Exception):
    """Say that the pattern is not worked out: too long, too deep, a rare script."""


class One(NamedTuple):
    """Match one character of a class."""

    chars: Ranges


class Assert(NamedTuple):
    """Match no character, where something holds."""

    kind: Literal["start", "end", "line-start", "line-end", "boundary", "no-boundary"]


class Group(NamedTuple):
    """Match and remember; ``number`` counts from 1."""

    number: int
    inner: "Node"


class Repeat(NamedTuple):
    """Match several times; ``most`` None is without end."""

    inner: "Node"
    least: int
    most: int | None
    greedy: bool


class Series(NamedTuple):
    """Match one after another."""

    items: tuple["Node", ...]


class Either(NamedTuple):
    """Match the first that leads to a match."""

    items: tuple["Node", ...]


Node: TypeAlias = One | Assert | Group | Repeat | Series | Either


class Pattern(NamedTuple):
    """Hold a parsed pattern and the names of its groups (empty: without a name)."""

    node: Node
    names: tuple[str, ...]


class _Flags(NamedTuple):
    fold: bool = False
    lines: bool = False
    dot_all: bool = False
    lazy: bool = False


_LETTERS = {"i": "fold", "m": "lines", "s": "dot_all", "U": "lazy"}
_CONTROL = {"a": 7, "f": 12, "t": 9, "n": 10, "r": 13, "v": 11}
_ANY = Ranges(((0, MAX_CODE),))
_NO_LINE = Ranges(((10, 10),), negated=True)


def parse_pattern(text: str) -> Pattern:
    """Parse a pattern; raises ``PatternError`` or ``PatternDoubtError``."""
    if len(text) > MAX_PATTERN:
        raise PatternDoubtError
    parser = _Parser(text)
    node = parser.either(_Flags(), 0)
    if parser.at < len(text):
        raise PatternError
    return Pattern(node, tuple(parser.names))


class _Parser:
    """Walk over a pattern."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.names: list[str] = []

    def _peek(self, length: int = 1) -> str:
        return self.text[self.at : self.at + length]

    def _take(self) -> str:
        if self.at >= len(self.text):
            raise PatternError
        self.at += 1
        return self.text[self.at - 1]

    def either(self, flags: _Flags, depth: int) -> Node:
        """Read alternatives up to the end or a closing parenthesis."""
        if depth > MAX_NESTING:
            raise PatternDoubtError
        branches: list[Node] = []
        items: list[Node] = []
        repeated = False
        while self.at < len(self.text) and self._peek() != ")":
            if self._peek() == "|":
                self.at += 1
                branches.append(Series(tuple(items)))
                items, repeated = [], False
                continue
            if self._peek(2) == "\\Q":
                items += self._quoted(flags)
                repeated = False
                continue
            repeat = self._repeat(flags)
            if repeat is not None:
                if not items or repeated:
                    raise PatternError
                items[-1] = repeat._replace(inner=items[-1])
                repeated = True
                continue
            flags, item = self._atom(flags, depth)
            repeated = False
            if item is not None:
                items.append(item)
            elif self._starts_repeat():
                raise PatternError
        branches.append(Series(tuple(items)))
        return branches[0] if len(branches) == 1 else Either(tuple(branches))

    def _starts_repeat(self) -> bool:
        return self._peek() in {"*", "+", "?"} and self._peek() != ""

    def _quoted(self, flags: _Flags) -> list[Node]:
        end = self.text.find("\\E", self.at)
        stop = len(self.text) if end == -1 else end
        found: list[Node] = [_char(c, flags) for c in self.text[self.at + 2 : stop]]
        self.at = stop + (2 if end != -1 else 0)
        return found

    def _repeat(self, flags: _Flags) -> Repeat | None:
        first = self._peek()
        bounds = {"*": (0, None), "+": (1, None), "?": (0, 1)}.get(first)
        if bounds is not None:
            self.at += 1
        elif first == "{":
            bounds = self._counted()
        if bounds is None:
            return None
        least, most = bounds
        if least > MAX_REPEAT or (most or 0) > MAX_REPEAT or (most is not None and most < least):
            raise PatternError
        greedy = not flags.lazy
        if self._peek() == "?":
            self.at += 1
            greedy = not greedy
        return Repeat(Series(()), least, most, greedy)

    def _counted(self) -> tuple[int, int | None] | None:
        """Read ``{n}``, ``{n,}`` or ``{n,m}``; anything else is text."""
        end = self.text.find("}", self.at)
        body = self.text[self.at + 1 : end] if end != -1 else ""
        least, comma, most = body.partition(",")
        numbers = [least, *([most] if most else [])]
        if not body or not all(n.isascii() and n.isdigit() for n in numbers):
            return None
        if any(len(n) > 1 and n[0] == "0" for n in numbers):
            return None
        if any(len(n) > 5 for n in numbers):
            raise PatternError
        self.at = end + 1
        if not comma:
            return int(least), int(least)
        return int(least), int(most) if most else None

    def _atom(self, flags: _Flags, depth: int) -> tuple[_Flags, Node | None]:
        first = self._take()
        match first:
            case "(":
                return self._group(flags, depth)
            case "[":
                return flags, One(self._class(flags))
            case ".":
                return flags, One(_ANY if flags.dot_all else _NO_LINE)
            case "^":
                return flags, Assert("line-start" if flags.lines else "start")
            case "$":
                return flags, Assert("line-end" if flags.lines else "end")
            case "\\":
                return flags, self._escape(flags)
            case _:
                return flags, _char(first, flags)

    def _group(self, flags: _Flags, depth: int) -> tuple[_Flags, Node | None]:
        if self._peek() != "?":
            return flags, self._captured("", flags, depth)
        for opening in ("?P<", "?<"):
            if self._peek(len(opening)) == opening:
                return flags, self._named(len(opening), flags, depth)
        self.at += 1
        inside, sign, count = flags, True, 0
        while (letter := self._take()) in _LETTERS or letter == "-":
            if letter == "-":
                if not sign:
                    raise PatternError
                sign, count = False, 0
                continue
            inside = inside._replace(**{_LETTERS[letter]: sign})
            count += 1
        if (not sign and not count) or letter not in {":", ")"}:
            raise PatternError
        if letter == ")":
            return inside, None
        node = self.either(inside, depth + 1)
        self._close()
        return flags, node

    def _named(self, skipped: int, flags: _Flags, depth: int) -> Node:
        end = self.text.find(">", self.at)
        name = self.text[self.at + skipped : end] if end != -1 else ""
        plain = name.replace("_", "a")
        if not plain.isascii() or not plain.isalnum() or name in self.names:
            raise PatternError
        self.at = end + 1
        return self._captured(name, flags, depth)

    def _captured(self, name: str, flags: _Flags, depth: int) -> Node:
        self.names.append(name)
        index = len(self.names)
        node = self.either(flags, depth + 1)
        self._close()
        return Group(index, node)

    def _close(self) -> None:
        if self._take() != ")":
            raise PatternError

    def _escape(self, flags: _Flags) -> Node:
        letter = self._peek()
        kinds: dict[str, Assert] = {
            "A": Assert("start"),
            "z": Assert("end"),
            "b": Assert("boundary"),
            "B": Assert("no-boundary"),
        }
        if letter in kinds:
            self.at += 1
            return kinds[letter]
        found = self._class_escape()
        if found is not None:
            return One(found._replace(fold=flags.fold))
        return _char(self._char_escape(), flags)

    def _class_escape(self) -> Ranges | None:
        """Read what follows a backslash when it names a class."""
        letter = self._peek()
        if letter.lower() in PERL and letter:
            self.at += 1
            found = PERL[letter.lower()]
            return inverted(found) if letter.isupper() else found
        if letter not in {"p", "P"}:
            return None
        self.at += 1
        name = self._take()
        if name == "{":
            end = self.text.find("}", self.at)
            if end == -1:
                raise PatternError
            name, self.at = self.text[self.at : end], end + 1
        negated = letter == "P"
        if name.startswith("^"):
            name, negated = name[1:], not negated
        found_class = unicode_class(name)
        if found_class is None:
            raise PatternDoubtError
        return inverted(found_class) if negated else found_class

    def _char_escape(self) -> str:
        letter = self._take()
        if letter in _CONTROL:
            return chr(_CONTROL[letter])
        if letter == "x":
            return self._hexadecimal()
        if letter in "01234567":
            if letter != "0" and self._peek() not in set("01234567"):
                raise PatternError
            digits = letter
            while len(digits) < 3 and self._peek() and self._peek() in "01234567":
                digits += self._take()
            return chr(int(digits, 8))
        if letter.isascii() and not letter.isalnum():
            return letter
        raise PatternError

    def _hexadecimal(self) -> str:
        digits = self._take()
        if digits == "{":
            end = self.text.find("}", self.at)
            digits, self.at = self.text[self.at : end], end + 1
            if end == -1:
                raise PatternError
        else:
            digits += self._take()
        if not digits or len(digits) > 8 or any(c not in "0123456789abcdefABCDEF" for c in digits):
            raise PatternError
        if int(digits, 16) > MAX_CODE:
            raise PatternError
        return chr(int(digits, 16))

    def _class(self, flags: _Flags) -> Ranges:
        negated = self._peek() == "^"
        self.at += negated
        ranges: list[tuple[int, int]] = []
        parts: list[Ranges] = []
        first = True
        while first or self._peek() != "]":
            first = False
            part = self._class_part()
            if part is not None:
                parts.append(part)
                continue
            low = self._class_char()
            high = low
            if self._peek() == "-" and self._peek(2) not in {"-", "-]"}:
                self.at += 1
                high = self._class_char()
            if high < low:
                raise PatternError
            ranges.append((ord(low), ord(high)))
        self.at += 1
        return Ranges(tuple(ranges), (), tuple(parts), negated, flags.fold)

    def _class_part(self) -> Ranges | None:
        if self._peek(2) == "[:":
            end = self.text.find(":]", self.at)
            if end != -1:
                name, self.at = self.text[self.at + 2 : end], end + 2
                found = POSIX.get(name.removeprefix("^"))
                if found is None:
                    raise PatternError
                return inverted(found) if name.startswith("^") else found
        if self._peek() == "\\":
            self.at += 1
            part = self._class_escape()
            if part is None:
                self.at -= 1
            return part
        return None

    def _class_char(self) -> str:
        character = self._take()
        return self._char_escape() if character == "\\" else character


def _char(character: str, flags: _Flags) -> One:
    code = ord(character)
    return One(Ranges(((code, code),), fold=flags.fold))
