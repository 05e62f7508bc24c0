"""What each command does."""

import sys
from argparse import Namespace
from pathlib import Path

from leastwise.api.check import Outcome, Setup, check, prepare
from leastwise.api.options import Options
from leastwise.api.workspace import Workspace, WrongUse, open_workspace, stdin_workspace
from leastwise.cli.arguments import names
from leastwise.cli.output import Reports, progress_for
from leastwise.source.edit import Applicability

WRONG_USE = 2
MAX_STDIN_BYTES = 20 * 1024 * 1024


def run(arguments: Namespace) -> int:
    """Run the parsed command and return its exit code."""
    match arguments.command:
        case "check":
            return _check(arguments)
        case "fix":
            return _fix(arguments)
        case "policies":
            return _policies(arguments)
        case "explain":
            return _explain(arguments)
        case "rules":
            return _rules(arguments)
        case _:
            return _baseline_create(arguments)


def _wrong(problem: WrongUse) -> int:
    sys.stderr.write(f"leastwise: {problem.message}\n")
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
        return WrongUse(f"standard input is larger than {MAX_STDIN_BYTES} bytes")
    return stdin_workspace(data, arguments.stdin_filename, cwd)


def _options(arguments: Namespace) -> Options:
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
    )


def _setup(arguments: Namespace) -> Setup | WrongUse:
    workspace = _workspace(arguments)
    if isinstance(workspace, WrongUse):
        return workspace
    return prepare(workspace, _options(arguments), Path.cwd())


def _check(arguments: Namespace) -> int:
    reports = Reports.of(arguments)
    if isinstance(reports, WrongUse):
        return _wrong(reports)
    setup = _setup(arguments)
    if isinstance(setup, WrongUse):
        return _wrong(setup)
    outcome = check(setup, progress=progress_for(sys.stderr))
    if arguments.fix:
        from leastwise.cli.fixing import apply

        outcome = apply(setup, outcome, _required(arguments))
    problem = reports.write(outcome, setup, tuple(arguments.paths))
    return _wrong(problem) if problem is not None else outcome.exit_code


def _required(arguments: Namespace) -> Applicability:
    return Applicability.UNSAFE if arguments.unsafe_fixes else Applicability.SAFE


def _fix(arguments: Namespace) -> int:
    from leastwise.cli.fixing import apply, show

    setup = _setup(arguments)
    if isinstance(setup, WrongUse):
        return _wrong(setup)
    outcome = check(setup, progress=progress_for(sys.stderr))
    if not arguments.apply:
        return show(setup, outcome)
    return apply(setup, outcome, _required(arguments)).exit_code


def _policies(arguments: Namespace) -> int:
    from leastwise.cli.policies import render

    setup = _setup(arguments)
    if isinstance(setup, WrongUse):
        return _wrong(setup)
    outcome = check(setup, with_fixes=False, progress=progress_for(sys.stderr))
    sys.stdout.write(render(setup, outcome, as_json=arguments.format == "json"))
    return 2 if any(d.severity == "error" for d in outcome.report.diagnostics) else 0


def _explain(arguments: Namespace) -> int:
    from leastwise.cli.explaining import explain_finding, explain_rule

    page = explain_rule(arguments.what)
    if page is not None:
        sys.stdout.write(page)
        return 0
    setup = _setup(arguments)
    if isinstance(setup, WrongUse):
        return _wrong(setup)
    text = explain_finding(arguments, setup, check(setup))
    if isinstance(text, WrongUse):
        return _wrong(text)
    sys.stdout.write(text)
    return 0


def _rules(arguments: Namespace) -> int:
    from leastwise.reporters import rules_list
    from leastwise.rules.catalogue import catalogue

    infos = tuple(rule.info for rule in catalogue())
    render = rules_list.as_json if arguments.format == "json" else rules_list.as_text
    sys.stdout.write(render(infos))
    return 0


def _baseline_create(arguments: Namespace) -> int:
    from leastwise.api.baseline import spell

    setup = _setup(arguments)
    if isinstance(setup, WrongUse):
        return _wrong(setup)
    outcome: Outcome = check(setup, with_fixes=False)
    findings = outcome.report.findings
    try:
        Path(arguments.output).write_text(spell(findings), encoding="utf-8", newline="\n")
    except OSError as error:
        return _wrong(WrongUse(f"{arguments.output} can't be written: {error.strerror}"))
    sys.stderr.write(f"{len(findings)} findings written to {arguments.output}\n")
    return 2 if any(d.severity == "error" for d in outcome.report.diagnostics) else 0
