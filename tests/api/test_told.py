"""What a finding of validity says is not said again by a diagnostic."""

from leastwise.api.told import untold
from leastwise.rules.model import Finding, Subject
from leastwise.source.diagnostic import Diagnostic
from leastwise.source.span import Span

FAULT = Diagnostic("warning", "invalid-policy", Span("p.json", 10, 20), "wrong", "mend it")


def finding(rule, span):
    return Finding(rule, "error", "proven", "wrong", Subject("policy", "p"), span)


def test_fault_at_the_place_of_a_finding_is_told_by_it():
    assert untold([FAULT], [finding("validity/missing-element", Span("p.json", 10, 20))]) == ()


def test_fault_of_what_holds_the_place_of_a_finding_is_told_by_it():
    assert untold([FAULT], [finding("validity/invalid-sid", Span("p.json", 12, 15))]) == ()


def test_fault_inside_of_a_wider_place_stays():
    wider = finding("validity/missing-element", Span("p.json", 0, 90))
    assert untold([FAULT], [wider]) == (FAULT,)


def test_fault_in_another_file_stays():
    other = finding("validity/missing-element", Span("q.json", 10, 20))
    assert untold([FAULT], [other]) == (FAULT,)


def test_finding_of_another_group_tells_no_fault():
    assert untold([FAULT], [finding("wildcard/admin", Span("p.json", 10, 20))]) == (FAULT,)


def test_what_was_not_read_is_always_told():
    broken = FAULT._replace(code="json-syntax", severity="error")
    assert untold([broken], [finding("validity/malformed-policy", broken.span)]) == (broken,)
