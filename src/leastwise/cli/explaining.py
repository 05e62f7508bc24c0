"""The explain command: one rule, or one finding in full."""

import string
import sys
from argparse import Namespace

from leastwise.api.check import Outcome, Setup
from leastwise.api.workspace import WrongUse
from leastwise.cli.output import presentation_of, render, use_color
from leastwise.reporters.escape import line_of_terminal
from leastwise.rules.catalogue import is_named, unknown_name
from leastwise.rules.explain import explain
from leastwise.rules.format import Rule

MAX_PAGES = 6
"""Pages printed for one name; of more rules only the titles."""


def explain_rule(name: str, rules: tuple[Rule, ...]) -> str | WrongUse:
    """Return the pages of the rules of a name, or what else it could be.

    A name is an id, a former one, or that of another tool with or without the tool
    (``checkov:CKV_AWS_111``, ``CKV_AWS_111``); several rules may stand for one of those.
    """
    named = [rule for rule in rules if name == rule.info.id or name in rule.info.aliases]
    named = named or [rule for rule in rules if is_named(rule, name) and rule.info.group != name]
    if len(named) > MAX_PAGES:
        return _heading(name, named) + "'leastwise explain ID' prints the page of one of them\n"
    if named:
        return _heading(name, named) + "\n".join(map(_page, named))
    group = [rule.info.id for rule in rules if rule.info.group == name]
    if group:
        return WrongUse(f"{name!r} is a group of rules: {', '.join(group)}")
    return WrongUse(unknown_name(rules, name))


def _heading(name: str, named: list[Rule]) -> str:
    """List the rules before their pages where another tool's id stands for several."""
    if len(named) == 1:
        return ""
    rules = "".join(f"- {rule.info.id}: {rule.info.title}\n" for rule in named)
    return f"{name} is what {len(named)} rules find:\n\n{rules}\n"


def may_be_fingerprint(text: str) -> bool:
    """Say whether it is spelled as fingerprints are: hexadecimal, at times with ``#2`` behind."""
    digits, _, number = text.partition("#")
    return bool(digits) and set(digits) <= set(string.hexdigits) and not number.strip(string.digits)


def explain_finding(arguments: Namespace, setup: Setup, outcome: Outcome) -> str | WrongUse:
    """Return the finding with a fingerprint, as a check would print it, and its rule's page."""
    report = outcome.report
    every = (*report.findings, *(s.finding for s in (*report.accepted, *report.suppressed)))
    found = [finding for finding in every if finding.fingerprint == arguments.what]
    if not found:
        return WrongUse(
            f"{arguments.what!r} is neither a rule (see 'leastwise rules') nor the fingerprint of"
            f" a finding in {', '.join(map(repr, arguments.paths))}"
        )
    single = report._replace(findings=(found[0],), diagnostics=(), accepted=(), suppressed=())
    presentation = presentation_of(outcome._replace(report=single), setup, show_all=True)
    color = use_color(sys.stdout, refused=arguments.no_color)
    text = render(presentation, "text", color=color)
    page = next(_page(rule) for rule in setup.known if rule.info.id == found[0].rule)
    return f"{text}\n{page}"


def _page(rule: Rule) -> str:
    """Return the page of a rule; one of a team is a stranger's text."""
    lines = explain(rule).split("\n")
    return "\n".join(line_of_terminal(line.expandtabs(4)) for line in lines)
