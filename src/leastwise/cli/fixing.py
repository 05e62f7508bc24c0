"""The fix command: print proved patches, or write them."""

import sys
from collections.abc import Iterable

from leastwise.api.check import Outcome, Setup
from leastwise.api.fix import Applied, Fixed, fix, write
from leastwise.cli.output import presentation_of
from leastwise.cli.stdout import write_out
from leastwise.reporters import patch
from leastwise.reporters.escape import terminal
from leastwise.source.edit import Applicability, Fix

_WORDS = {
    Applicability.SAFE: "safe",
    Applicability.UNSAFE: "unsafe: it takes access away",
    Applicability.DISPLAY: "shown only",
}
_FAILED = 2


def proposed(setup: Setup, outcome: Outcome) -> str:
    """Return the patch that ``--apply --unsafe-fixes`` would write."""
    return _diff(setup, fix(setup, outcome, Applicability.UNSAFE))


def _diff(setup: Setup, fixed: Fixed) -> str:
    presentation = presentation_of(fixed.outcome, setup)
    return patch.render(presentation, fixed.before, fixed.changed)


def show(setup: Setup, outcome: Outcome) -> None:
    """Print the patch that ``--apply --unsafe-fixes`` would write, and what else there is."""
    fixed = fix(setup, outcome, Applicability.UNSAFE)
    write_out(_diff(setup, fixed))
    _say(fixed.applied, "would end")
    left = _distinct(fixed.left)
    for one in left:
        _say_left(one)
    if fixed.applied:
        _tell("nothing was written; --apply --unsafe-fixes writes it")
    elif not left:
        _tell("no fix to offer")


def apply(setup: Setup, outcome: Outcome, required: Applicability) -> Outcome:
    """Write the fixes of the required applicability and return the check of what is there now.

    When a file can't be written, it is the former check with exit code 2.
    """
    fixed = fix(setup, outcome, required)
    problems = write(setup, fixed)
    for problem in problems:
        _tell(f"leastwise: {problem.message}")
    if problems:
        return outcome._replace(exit_code=_FAILED)
    _say(fixed.applied, "ended")
    if not fixed.applied:
        _tell("no fix was applied")
    left = _distinct(fixed.left)
    unsafe = sum(1 for one in left if one.applicability is Applicability.UNSAFE)
    if unsafe and required is Applicability.SAFE:
        _tell(f"{unsafe} more with --unsafe-fixes")
    shown = sum(1 for one in left if one.applicability is Applicability.DISPLAY)
    if shown:
        _tell(f"{shown} shown only: 'leastwise fix' without --apply prints what to do")
    return fixed.outcome


def _tell(line: str) -> None:
    sys.stderr.write(terminal(line) + "\n")


def _say(applied: tuple[Applied, ...], verb: str) -> None:
    for one in applied:
        _tell(f"{one.fix.title} ({_WORDS[one.fix.applicability]})")
        names = ", ".join(one.finding.environments)
        where = f"{one.finding.subject.address} ({names})" if names else one.finding.subject.address
        _tell(f"  {verb} {one.finding.rule} at {where}")
        _tell(f"  loses: {one.fix.loses}")
        _tell(f"  proof: {one.fix.proof}")


def _say_left(one: Fix) -> None:
    _tell(f"{one.title} ({_WORDS[one.applicability]})")
    if one.proof:
        _tell(f"  proof: {one.proof}")
    if one.edits and one.applicability is not Applicability.DISPLAY:
        _tell("  not in this patch: apply it and run leastwise again")
    for do, undo in one.commands:
        write_out(f"{do}\n")
        _tell(f"  undo: {undo}")


def _distinct(left: Iterable[Applied]) -> list[Fix]:
    return list(dict.fromkeys(one.fix for one in left))
