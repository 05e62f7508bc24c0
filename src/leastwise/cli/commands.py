"""What each command does.

The engine is imported once the arguments are known to be of use: a slip is told at once.
"""

import sys
from argparse import Namespace
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from leastwise.api.workspace import Workspace, WrongUse, open_workspace, stdin_workspace
from leastwise.cli.arguments import names
from leastwise.cli.output import Reports, progress_for
from leastwise.cli.stdout import write_out
from leastwise.source.tree import MAX_PLAN_BYTES, is_plan

if TYPE_CHECKING:
    from collections.abc import Callable

    from leastwise.api.check import Outcome, Setup
    from leastwise.api.options import Options
    from leastwise.iam.project import Project
    from leastwise.source.edit import Applicability

WRONG_USE = 2
INCOMPLETE = 2
MAX_STDIN_BYTES = 20 * 1024 * 1024


def run(arguments: Namespace) -> int:
    """Run the parsed command and return its exit code."""
    return _COMMANDS[arguments.command](arguments)


def _wrong(problem: WrongUse) -> int:
    from leastwise.reporters.escape import terminal

    sys.stderr.write(f"leastwise: {terminal(problem.message)}\n")
    return WRONG_USE


def _workspace(arguments: Namespace) -> Workspace | WrongUse:
    cwd = Path.cwd()
    paths: list[str] = arguments.paths
    if "-" not in paths:
        if arguments.stdin_filename is not None:
            return WrongUse("--stdin-filename needs the path '-'")
        return open_workspace(tuple(paths), cwd)
    if paths != ["-"]:
        return WrongUse("'-' can't be combined with other paths")
    data = sys.stdin.buffer.read(MAX_STDIN_BYTES + 1)
    if len(data) > MAX_STDIN_BYTES:
        cap = MAX_PLAN_BYTES if is_plan(data) else MAX_STDIN_BYTES
        data += sys.stdin.buffer.read(max(0, cap + 1 - len(data)))
        if len(data) > cap:
            return WrongUse(f"standard input is larger than {cap} bytes")
    return stdin_workspace(data, arguments.stdin_filename, cwd)


def _options(arguments: Namespace) -> "Options":
    from leastwise.api.options import Options

    return Options(
        select=names(getattr(arguments, "select", ())),
        ignore=names(getattr(arguments, "ignore", ())),
        exclude=tuple(arguments.exclude),
        fail_on=getattr(arguments, "fail_on", None),
        config_path=arguments.config,
        baseline=getattr(arguments, "baseline", None),
        kind=arguments.kind,
        strict=getattr(arguments, "strict", False),
        allow_incomplete=getattr(arguments, "allow_incomplete", False),
        exit_zero=getattr(arguments, "exit_zero", False),
        jobs=arguments.jobs,
        variables=tuple(arguments.variables),
        environment=arguments.environment,
        preview=getattr(arguments, "preview", False),
    )


def _setup(arguments: Namespace) -> "Setup | WrongUse":
    workspace = _workspace(arguments)
    if isinstance(workspace, WrongUse):
        return workspace
    from leastwise.api.check import prepare

    setup = prepare(workspace, _options(arguments), Path.cwd())
    if not isinstance(setup, WrongUse):
        for name in setup.unread_previews:
            words = f"leastwise: {name} is in preview, it runs with --preview only\n"
            sys.stderr.write(words)
    return setup


def _setup_with_baseline(arguments: Namespace) -> "Setup | WrongUse":
    setup = _setup(arguments)
    if isinstance(setup, WrongUse):
        return setup
    from leastwise.api.check import with_baseline

    return with_baseline(setup, Path.cwd())


def _check(arguments: Namespace) -> int:
    reports = Reports.of(arguments)
    if isinstance(reports, WrongUse):
        return _wrong(reports)
    if arguments.fix and "-" in arguments.paths:
        return _wrong(_NO_WRITING)
    setup = _setup_with_baseline(arguments)
    if isinstance(setup, WrongUse):
        return _wrong(setup)
    outcome = _checked(setup)
    if arguments.fix:
        from leastwise.cli.fixing import apply

        outcome = apply(setup, outcome, _required(arguments))
    problem = reports.write(outcome, setup, tuple(arguments.paths))
    return _wrong(problem) if problem is not None else outcome.exit_code


_NO_WRITING = WrongUse("standard input can't be written to: 'leastwise fix -' prints the patch")


def _checked(setup: "Setup", *, with_fixes: bool = True) -> "Outcome":
    from leastwise.api.check import check

    return check(setup, with_fixes=with_fixes, progress=progress_for(sys.stderr))


def _required(arguments: Namespace) -> "Applicability":
    from leastwise.source.edit import Applicability

    return Applicability.UNSAFE if arguments.unsafe_fixes else Applicability.SAFE


def _fix(arguments: Namespace) -> int:
    if arguments.apply and "-" in arguments.paths:
        return _wrong(_NO_WRITING)
    setup = _setup_with_baseline(arguments)
    if isinstance(setup, WrongUse):
        return _wrong(setup)
    from leastwise.cli.fixing import apply, show

    outcome = _checked(setup)
    if not arguments.apply:
        show(setup, outcome)
        return outcome.exit_code
    return apply(setup, outcome, _required(arguments)).exit_code


def _policies(arguments: Namespace) -> int:
    setup = _setup(arguments)
    if isinstance(setup, WrongUse):
        return _wrong(setup)
    from leastwise.api.load import load_workspace
    from leastwise.cli.policies import spelled

    progress = progress_for(sys.stderr)
    project = load_workspace(setup.workspace, setup.config, setup.options, progress).project
    write_out(spelled(arguments, setup, project))
    return INCOMPLETE if _tell_errors(setup, project) else 0


def _can(arguments: Namespace) -> int:
    if arguments.cases is not None:
        from leastwise.cli.cases import run as decide_cases

        return decide_cases(arguments)
    from leastwise.cli.can import answer

    return _answered(arguments, answer)


def _who(arguments: Namespace) -> int:
    from leastwise.cli.who import answer

    return _answered(arguments, answer)


def _why(arguments: Namespace) -> int:
    from leastwise.cli.why import answer

    return _answered(arguments, answer)


def _graph(arguments: Namespace) -> int:
    from leastwise.cli.graphing import answer

    return _answered(arguments, answer)


def _answered(
    arguments: Namespace, answer: "Callable[[Namespace, Setup, Project], int | WrongUse]"
) -> int:
    """Answer a question about the tree; input that was not read makes any answer undecided."""
    setup = _setup(arguments)
    if isinstance(setup, WrongUse):
        return _wrong(setup)
    from leastwise.api.load import load_workspace

    progress = progress_for(sys.stderr)
    project = load_workspace(setup.workspace, setup.config, setup.options, progress).project
    code = answer(arguments, setup, project)
    if isinstance(code, WrongUse):
        code = _wrong(code)
    if _tell_errors(setup, project):
        code = INCOMPLETE
    warnings = sum(1 for d in project.diagnostics if d.severity == "warning")
    if code == INCOMPLETE and warnings:
        # What is not in view may be there, in what was not understood.
        noun = "warning" if warnings == 1 else "warnings"
        sys.stderr.write(f"leastwise: {warnings} {noun} about the input: 'leastwise check' tells\n")
    return code


def _tell_errors(setup: "Setup", project: "Project") -> bool:
    """Print what could not be read, and say whether there was such."""
    from leastwise.reporters.escape import terminal

    errors = [d for d in project.diagnostics if d.severity == "error"]
    for error in errors:
        place = f"{setup.workspace.prefix}{error.span.path}"
        sys.stderr.write(f"leastwise: {terminal(f'{place}: {error.message}')}\n")
    return bool(errors)


def _compare(arguments: Namespace) -> int:
    from leastwise.cli.comparing import run as compare

    code = compare(arguments)
    return _wrong(code) if isinstance(code, WrongUse) else code


def _test(arguments: Namespace) -> int:
    setup = _setup(arguments)
    if isinstance(setup, WrongUse):
        return _wrong(setup)
    from leastwise.api.expectations.run import run as judge_expectations
    from leastwise.cli.testing import render

    progress = progress_for(sys.stderr)
    outcome = judge_expectations(setup, arguments.file, Path.cwd(), progress)
    if isinstance(outcome, WrongUse):
        return _wrong(outcome)
    write_out(render(outcome, setup, arguments))
    return outcome.exit_code


def _explain(arguments: Namespace) -> int:
    from leastwise.cli.explaining import explain_finding, explain_rule, may_be_fingerprint
    from leastwise.rules.catalogue import catalogue

    page = explain_rule(arguments.what, catalogue())
    is_fingerprint = may_be_fingerprint(arguments.what)
    if isinstance(page, WrongUse) and (is_fingerprint or "/" in arguments.what):
        setup = _setup(arguments)
        if isinstance(setup, WrongUse):
            return _wrong(setup)
        page = explain_rule(arguments.what, setup.known)
        if is_fingerprint:
            page = explain_finding(arguments, setup, _checked(setup))
    if isinstance(page, WrongUse):
        return _wrong(page)
    write_out(page)
    return 0


def _rules(arguments: Namespace) -> int:
    from leastwise.cli.rules import run as rules

    code = rules(arguments)
    return _wrong(code) if isinstance(code, WrongUse) else code


def _baseline_create(arguments: Namespace) -> int:
    from leastwise.api.baseline import reasons_in, spell
    from leastwise.reporters.style import counted

    setup = _setup(arguments)
    if isinstance(setup, WrongUse):
        return _wrong(setup)
    # Findings are what it is for: only what was not analysed may fail it.
    setup = replace(setup, options=setup.options._replace(exit_zero=True))
    outcome = _checked(setup, with_fixes=False)
    findings, place = outcome.report.findings, Path(arguments.output)
    try:
        former = place.read_text(encoding="utf-8") if place.is_file() else ""
        place.write_text(spell(findings, reasons_in(former)), encoding="utf-8", newline="\n")
    except (OSError, UnicodeDecodeError) as error:
        words = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        return _wrong(WrongUse(f"{arguments.output!r} can't be written: {words}"))
    sys.stderr.write(f"{counted(len(findings), 'finding')} written to {arguments.output}\n")
    return outcome.exit_code


_COMMANDS: "dict[str, Callable[[Namespace], int]]" = {
    "check": _check,
    "fix": _fix,
    "policies": _policies,
    "can": _can,
    "who": _who,
    "why": _why,
    "graph": _graph,
    "compare": _compare,
    "test": _test,
    "explain": _explain,
    "rules": _rules,
    "baseline": _baseline_create,
}
