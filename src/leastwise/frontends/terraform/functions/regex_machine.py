"""Match regular expressions in time linear in the text, as RE2 does.

The machine walks over the text once with all ways of matching side by side, in order of
preference (https://swtch.com/~rsc/regexp/regexp2.html). ``MAX_WORK`` bounds instructions times
characters.
"""

from collections.abc import Iterator
from typing import Literal, NamedTuple, TypeAlias

from leastwise.frontends.terraform.functions.regex_classes import PERL, Ranges
from leastwise.frontends.terraform.functions.regex_syntax import (
    Assert,
    Either,
    Group,
    Node,
    One,
    Pattern,
    PatternDoubtError,
    Repeat,
    Series,
)

MAX_PROGRAM = 4_000
MAX_WORK = 3_000_000


class _Step(NamedTuple):
    kind: Literal["one", "split", "jump", "save", "assert", "match"]
    chars: Ranges | None = None
    first: int = 0
    second: int = 0
    holds: str = ""


Slots: TypeAlias = tuple[int, ...]
"""Start and end of the match, then of each group; -1 where it has no part in the match."""


class Machine:
    """Hold a compiled pattern and what is left of the work that it may do."""

    def __init__(self, pattern: Pattern) -> None:
        self.names = pattern.names
        self.left = MAX_WORK
        self.program: list[_Step] = []
        self._node(pattern.node)
        self._add(_Step("match"))
        self._memo: dict[tuple[int, str], bool] = {}

    def _add(self, step: _Step) -> int:
        if len(self.program) >= MAX_PROGRAM:
            raise PatternDoubtError
        self.program.append(step)
        return len(self.program) - 1

    def _node(self, node: Node) -> None:
        match node:
            case One(chars=chars):
                self._add(_Step("one", chars))
            case Assert(kind=kind):
                self._add(_Step("assert", holds=kind))
            case Series(items=items):
                for item in items:
                    self._node(item)
            case Group(number=index, inner=inner):
                self._add(_Step("save", first=2 * index))
                self._node(inner)
                self._add(_Step("save", first=2 * index + 1))
            case Either(items=items):
                self._either(items)
            case Repeat():
                self._repeat(node)

    def _either(self, items: tuple[Node, ...]) -> None:
        ends: list[int] = []
        for item in items[:-1]:
            split = self._add(_Step("split"))
            self._node(item)
            ends.append(self._add(_Step("jump")))
            self.program[split] = _Step("split", None, split + 1, len(self.program))
        self._node(items[-1])
        for end in ends:
            self.program[end] = _Step("jump", None, len(self.program))

    def _repeat(self, node: Repeat) -> None:
        if node.most is None:
            for _ in range(node.least - 1):
                self._node(node.inner)
            self._loop(node, optional=node.least == 0)
            return
        for _ in range(node.least):
            self._node(node.inner)
        splits: list[int] = []
        for _ in range(node.most - node.least):
            splits.append(self._add(_Step("split")))
            self._node(node.inner)
        for split in splits:
            self._branch(split, len(self.program), node.greedy)

    def _loop(self, node: Repeat, *, optional: bool) -> None:
        """Repeat without end: ``x*`` of what may be empty is ``(x+)?``."""
        before = self._add(_Step("split")) if optional else None
        start = len(self.program)
        self._node(node.inner)
        if before is not None and not _may_be_empty(node.inner):
            self._add(_Step("jump", None, before))
        else:
            split = self._add(_Step("split"))
            after = split + 1
            order = (start, after) if node.greedy else (after, start)
            self.program[split] = _Step("split", None, *order)
        if before is not None:
            self._branch(before, len(self.program), node.greedy)

    def _branch(self, split: int, after: int, greedy: bool) -> None:
        order = (split + 1, after) if greedy else (after, split + 1)
        self.program[split] = _Step("split", None, *order)

    def find(self, text: str, start: int) -> Slots | None:
        """Return the leftmost match at or after a place, by preference; None without any."""
        empty = (-1,) * (2 * len(self.names) + 2)
        threads: list[tuple[int, Slots]] = []
        found: Slots | None = None
        for place in range(start, len(text) + 1):
            self.left -= len(threads) + 1
            seen: set[int] = set()
            current: list[tuple[int, Slots]] = []
            for counter, slots in threads:
                self._follow(counter, slots, text, place, seen, current)
            if found is None:
                self._follow(0, (place, *empty[1:]), text, place, seen, current)
            if not current:
                if found is not None:
                    break
                threads = []
                continue
            threads = []
            for counter, slots in current:
                step = self.program[counter]
                if step.kind == "match":
                    found = (slots[0], place, *slots[2:])
                    break
                if place < len(text) and self._holds(counter, step, text[place]):
                    threads.append((counter + 1, slots))
            if found is not None and not threads:
                break
        return found

    def _holds(self, counter: int, step: _Step, character: str) -> bool:
        key = (counter, character)
        known = self._memo.get(key)
        if known is None:
            known = step.chars is not None and step.chars.holds(character)
            self._memo[key] = known
        return known

    def _follow(
        self,
        counter: int,
        slots: Slots,
        text: str,
        place: int,
        seen: set[int],
        current: list[tuple[int, Slots]],
    ) -> None:
        """Add the instructions that wait for a character, in order of preference."""
        pending = [(counter, slots)]
        while pending:
            at, held = pending.pop()
            if at in seen:
                continue
            seen.add(at)
            self.left -= 1
            if self.left < 0:
                raise PatternDoubtError
            step = self.program[at]
            if step.kind == "jump":
                pending.append((step.first, held))
            elif step.kind == "split":
                pending += [(step.second, held), (step.first, held)]
            elif step.kind == "save":
                saved = (*held[: step.first], place, *held[step.first + 1 :])
                pending.append((at + 1, saved))
            elif step.kind == "assert":
                if _asserted(step.holds, text, place):
                    pending.append((at + 1, held))
            else:
                current.append((at, held))

    def find_all(self, text: str) -> Iterator[Slots]:
        """Yield all matches that do not overlap; an empty one not at the end of the last."""
        place, last = 0, -1
        while place <= len(text):
            found = self.find(text, place)
            if found is None:
                return
            accepted = True
            if found[1] == place:
                accepted = found[0] != last
                place += 1
            else:
                place = found[1]
            last = found[1]
            if accepted:
                yield found


def _may_be_empty(node: Node) -> bool:
    match node:
        case One():
            return False
        case Assert():
            return True
        case Group(inner=inner):
            return _may_be_empty(inner)
        case Repeat(inner=inner, least=least):
            return least == 0 or _may_be_empty(inner)
        case Series(items=items):
            return all(map(_may_be_empty, items))
        case Either(items=items):
            return any(map(_may_be_empty, items))


def _asserted(kind: str, text: str, place: int) -> bool:
    match kind:
        case "start":
            return place == 0
        case "end":
            return place == len(text)
        case "line-start":
            return place == 0 or text[place - 1] == "\n"
        case "line-end":
            return place == len(text) or text[place] == "\n"
        case _:
            word = PERL["w"]
            before = place > 0 and word.holds(text[place - 1])
            after = place < len(text) and word.holds(text[place])
            return (before != after) == (kind == "boundary")
