from leastwise.api.suppress import faults, split, suppressions_in
from leastwise.config.model import Config, PathIgnore
from leastwise.rules.model import Finding, Subject
from leastwise.source.span import Span, source_file

TERRAFORM = b"""\
resource "aws_iam_policy" "p" {
  # leastwise: ignore[wildcard/admin] reason="the landing zone needs it"
  # (agreed with security)
  policy = "*"
  other = "x" # leastwise: ignore[wildcard/admin, trust/wildcard-principal] reason="both"
}
"""


def finding(rule: str, needle: bytes, data: bytes = TERRAFORM, path: str = "a.tf") -> Finding:
    start = data.index(needle)
    span = Span(path, start, start + len(needle))
    return Finding(
        rule, "error", "proven", "m", Subject("policy", "p"), span, fingerprint=f"f-{rule}"
    )


def reasons(found: Finding, data: bytes = TERRAFORM) -> list[tuple[str, str]]:
    file = source_file(found.span.path, data)
    _, silenced = split(
        (found,),
        config=Config(),
        source_of=lambda path: file if path == file.path else None,
        baseline={},
    )
    return [(s.by, s.reason) for s in silenced]


def test_comment_alone_speaks_for_the_next_line_of_code():
    assert reasons(finding("wildcard/admin", b'"*"')) == [("inline", "the landing zone needs it")]


def test_comment_at_the_end_of_a_line_speaks_for_that_line():
    assert reasons(finding("trust/wildcard-principal", b'"x"')) == [("inline", "both")]


def test_comment_speaks_only_for_the_rules_it_names():
    assert reasons(finding("wildcard/service-admin", b'"*"')) == []


def test_comment_on_another_line_does_not_count():
    assert reasons(finding("wildcard/admin", b"resource")) == []


def test_comment_without_reason_silences_nothing():
    data = b'policy = "*" # leastwise: ignore[wildcard/admin]\n'
    assert reasons(finding("wildcard/admin", b'"*"', data), data) == []


def test_json_has_no_comments():
    data = b'{"Action": "*"} // leastwise: ignore[wildcard/admin] reason="no"\n'
    assert reasons(finding("wildcard/admin", b'"*"', data, "p.json"), data) == []


def test_faults_say_what_a_suppression_lacks():
    data = (
        b'a = 1 # leastwise: ignore reason="r"\n'
        b"b = 1 # leastwise: ignore[wildcard/admin]\n"
        b'c = 1 # leastwise: ignore[wildcard/adnim] reason="r"\n'
        b'd = 1 # leastwise: ignore[wildcard/admin] reason="r"\n'
    )
    suppressions = suppressions_in(source_file("a.tf", data))
    found = faults(suppressions, frozenset({"wildcard/admin"}))
    assert [d.message for d in found] == [
        "this suppression names no rule, so it silences nothing",
        "this suppression gives no reason, so it silences nothing",
        "this suppression names 'wildcard/adnim', which is no rule",
    ]


def test_path_ignores_take_rules_and_groups():
    found = finding("wildcard/admin", b'"*"', path="legacy/a.tf")
    for rules in (("wildcard/admin",), ("wildcard",)):
        config = Config(per_path_ignores=(PathIgnore("legacy", rules),))
        kept, silenced = split((found,), config=config, source_of=lambda _: None, baseline={})
        assert kept == ()
        assert [s.by for s in silenced] == ["per-path"]


def test_baseline_silences_by_fingerprint():
    found = finding("wildcard/admin", b'"*"')
    kept, silenced = split(
        (found,), config=Config(), source_of=lambda _: None, baseline={"f-wildcard/admin": "known"}
    )
    assert kept == ()
    assert [(s.by, s.reason) for s in silenced] == [("baseline", "known")]


def test_comment_on_the_last_line_speaks_for_nothing_else():
    data = b'policy = "*"\n# leastwise: ignore[wildcard/admin] reason="late"\n'
    assert reasons(finding("wildcard/admin", b'"*"', data), data) == []
