"""The explain command: one rule, or one finding in full."""

import sys
from argparse import Namespace
from dataclasses import replace

from leastwise.api.check import Outcome, Setup
from leastwise.api.workspace import WrongUse
from leastwise.cli.output import presentation_of, render, use_color
from leastwise.rules.catalogue import catalogue
from leastwise.rules.explain import explain


def explain_rule(name: str) -> str | None:
    """Return the page of a rule by its id or one of its aliases, or None."""
    for rule in catalogue():
        if name == rule.info.id or name in rule.info.aliases:
            return explain(rule)
    return None


def explain_finding(arguments: Namespace, setup: Setup, outcome: Outcome) -> str | WrongUse:
    """Return the finding with a fingerprint, as a check would print it, and its rule's page."""
    report = outcome.report
    every = (*report.findings, *(s.finding for s in (*report.accepted, *report.suppressed)))
    found = [finding for finding in every if finding.fingerprint == arguments.what]
    if not found:
        return WrongUse(
            f"{arguments.what!r} is neither a rule (see 'leastwise rules') nor the fingerprint of"
            f" a finding in {', '.join(arguments.paths)}"
        )
    single = replace(report, findings=(found[0],), diagnostics=(), accepted=(), suppressed=())
    presentation = presentation_of(replace(outcome, report=single), setup, show_all=True)
    color = use_color(sys.stdout, refused=arguments.no_color)
    text = render(presentation, "text", color=color)
    return f"{text}\n{explain_rule(found[0].rule) or ''}"
