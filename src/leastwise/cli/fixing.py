"""The fix command: print proved patches, or write them."""

import sys

from leastwise.api.check import Outcome, Setup
from leastwise.api.fix import Applied, Fixed, fix, write
from leastwise.cli.stdout import write_out
from leastwise.reporters.escape import terminal
from leastwise.source.edit import Applicability
from leastwise.source.unified_diff import patchable, unified_diff

_WORDS = {
    Applicability.SAFE: "safe",
    Applicability.UNSAFE: "unsafe: it takes access away",
    Applicability.DISPLAY: "shown only",
}


def show(setup: Setup, outcome: Outcome) -> None:
    """Print the patch that ``--apply --unsafe-fixes`` would write, and what else there is."""
    fixed = fix(setup, outcome, Applicability.UNSAFE)
    write_out(_diff(fixed))
    _say(fixed.applied, "would end")
    _say_shown(fixed)
    if not fixed.applied and not fixed.shown:
        sys.stderr.write("no fix to offer\n")
    elif fixed.applied:
        sys.stderr.write("nothing was written; --apply --unsafe-fixes writes it\n")


def apply(setup: Setup, outcome: Outcome, required: Applicability) -> Outcome:
    """Write the fixes of the required applicability and return the check of what is there now."""
    fixed = fix(setup, outcome, required)
    problems = write(setup, fixed)
    for problem in problems:
        sys.stderr.write(terminal(f"leastwise: {problem.message}") + "\n")
    if problems:
        return outcome
    _say(fixed.applied, "ended")
    held_back = [one for one in fixed.shown if one.fix.applicability < required]
    unsafe = sum(1 for one in held_back if one.fix.applicability is Applicability.UNSAFE)
    if unsafe:
        sys.stderr.write(f"{unsafe} more with --unsafe-fixes\n")
    return fixed.outcome


def _diff(fixed: Fixed) -> str:
    return "".join(
        unified_diff(path, fixed.before[path], fixed.changed[path])
        for path in sorted(fixed.changed)
        if patchable(path)
    )


def _say(applied: tuple[Applied, ...], verb: str) -> None:
    for one in applied:
        lines = (
            f"{one.fix.title} ({_WORDS[one.fix.applicability]})",
            f"  {verb} {one.finding.rule} at {one.finding.subject.address}",
            f"  loses: {one.fix.loses}",
            f"  proof: {one.fix.proof}",
        )
        sys.stderr.write("".join(terminal(line) + "\n" for line in lines))


def _say_shown(fixed: Fixed) -> None:
    for one in fixed.shown:
        sys.stderr.write(terminal(f"{one.fix.title} ({_WORDS[one.fix.applicability]})") + "\n")
        for do, undo in one.fix.commands:
            write_out(f"{do}\n")
            sys.stderr.write(terminal(f"  undo: {undo}") + "\n")
