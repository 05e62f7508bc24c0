import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.reporters.samples import (
    ACCEPTED,
    ADMIN,
    BROKEN,
    HINT,
    MODULE,
    SUPPRESSED,
    UNREADABLE,
    admin,
    at,
    detach,
    not_in_view,
    note,
    pass_role,
    present,
    request,
)

from leastwise.reporters.text import render
from leastwise.rules.model import Also, Finding, Related, Step, Subject, Summary
from leastwise.source.edit import Applicability, Edit, Fix
from leastwise.source.span import Span
from leastwise.source.tree import MemoryTree

GOLDEN = Path(__file__).parent / "golden"


def finding(path, text, tree, *related, **changes):
    """Return a finding at the first occurrence of a text, with labelled places."""
    values = {
        "rule": ADMIN.id,
        "level": "error",
        "confidence": "proven",
        "message": "it may do everything",
        "subject": Subject("role", "x"),
        "span": at(path, text, tree=tree),
        "related": tuple(Related(at(path, place, tree=tree), label) for place, label in related),
    }
    return Finding(**(values | changes))


def one_line(line, text, *related, path="f.tf"):
    tree = MemoryTree({path: line.encode()})
    return present(finding(path, text, tree, *related), tree=tree, rules={})


DUMP_FIX = Fix(
    "detach AdministratorAccess from role ci",
    (),
    Applicability.UNSAFE,
    commands=(("aws iam detach-role-policy --role-name ci", "aws iam attach-role-policy ..."),),
)
MANY = MemoryTree({"many.tf": "".join(f"line {n}\n" for n in range(1, 41)).encode()})
GAP = MemoryTree({"gap.tf": b"one\n" + b"two " * 60 + b"\nthree\n"})
TWO_EDITS = Fix(
    "cut both ends",
    (
        Edit(Span("many.tf", 0, 7), b""),
        Edit(Span("many.tf", 63, 70), b"line nine\n"),
        Edit(Span("many.tf", 71, 300), b"rest"),
        Edit(Span("gone.tf", 0, 1), b"x"),
    ),
    Applicability.SAFE,
)

CASES = {
    "chain_over_two_files": lambda: present(
        pass_role(),
        admin(),
        note(),
        diagnostics=(BROKEN, UNREADABLE, MODULE, HINT),
        not_in_view=not_in_view(5),
        suppressed=(SUPPRESSED,),
        accepted=(ACCEPTED,),
        prefix="infra/",
        summary=Summary(3, 2, 3, 2),
    ),
    "everything_shown": lambda: present(
        note(),
        diagnostics=(HINT, MODULE),
        not_in_view=not_in_view(5),
        suppressed=(SUPPRESSED,),
        accepted=(ACCEPTED,),
        show_all=True,
    ),
    "only_notes": lambda: present(note(), note()),
    "clean": lambda: present(not_in_view=not_in_view(1)),
    "nothing_to_check": lambda: present(summary=Summary(0, 0, 0, 0)),
    "nothing_found_in_what_was_read": lambda: present(
        diagnostics=(UNREADABLE,), summary=Summary(2, 1, 1, 1), exit_code=2
    ),
    "three_labels_on_one_line": lambda: one_line(
        'x = ["a", "b", "c"]\n', '"b"', ('"a"', "first"), ('"b"', "second"), ('"c"', "third")
    ),
    "hanging_labels": lambda: one_line(
        'x = ["a", "b", "c"] # end\n', '"c"', ('"a"', "first"), ('"b"', "second")
    ),
    "label_within_a_label": lambda: one_line(
        "call(inner(x), y)\n", "inner", ("inner(x)", "all of it"), ("call(inner(x), y)", "whole")
    ),
    "tabs_and_wide_characters": lambda: one_line(
        '\tname = "日本é́" # \u202e\x1b[31m\n', '"日本é́"', ("\u202e", "hidden"), path="日本/f.tf"
    ),
    "long_line": lambda: one_line(
        "a" * 300 + ' "s3:*" ' + "b" * 300, '"s3:*"', ("aaa", "far left"), ("b" * 300, "to the end")
    ),
    "long_line_that_begins_at_the_mark": lambda: one_line(
        "x = [" + "a" * 300 + "]", "x", ("aaaa", "a")
    ),
    "minified": lambda: one_line('{"a":"' + "é" * 5000 + '","Action":"*"}' + "x" * 5000, '"*"'),
    "tiny_and_invisible": lambda: one_line("ab\u0301(x)", "x", ("\u0301", "accent"), ("ab", "")),
    "labels_that_begin_together": lambda: one_line(
        "call(a, b)\n", "b", ("call", "short"), ("call(a", "long")
    ),
    "long_lines_between_marks": lambda: present(
        finding("gap.tf", "one", GAP, ("three", "third")), tree=GAP, rules={}
    ),
    "workflow_command_in_the_line": lambda: one_line('# ##[error]x ::error::\ty = "*"', '"*"'),
    "crlf_and_bom": lambda: one_line('\ufeffx = "*"\r\ny = 1\r\n', '"*"'),
    "secret_in_the_line": lambda: one_line('password = "hunter2", actions = "*"\n', '"*"'),
    "empty_span_and_missing_file": lambda: present(
        admin(
            span=Span("app/roles.tf", 3, 3),
            related=(Related(Span("none.json", 4, 9), "not at hand"),),
        ),
        admin(span=Span("app/roles.tf", 0, 0), related=(), fixes=()),
    ),
    "span_over_lines": lambda: present(
        finding(
            "many.tf",
            "line 3\nline 4\n",
            MANY,
            ("line 6", "near"),
            ("line 7", ""),
            ("line 20", "far"),
            ("line 40", "end"),
        ),
        tree=MANY,
        rules={},
    ),
    "fixes_of_all_kinds": lambda: present(
        finding(
            "many.tf",
            "line 5",
            MANY,
            fixes=(TWO_EDITS, DUMP_FIX, Fix("narrow it by hand", (), Applicability.DISPLAY)),
        ),
        finding("many.tf", "line 6", MANY, fixes=(DUMP_FIX,)),
        tree=MANY,
        rules={},
        prefix="my stacks/",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_report_is_as_it_was_read_in_review(name):
    """Compare with a file; ``UPDATE_GOLDEN=1`` rewrites it, to be read before it is committed."""
    text = render(CASES[name](), color=False)
    path = GOLDEN / f"{name}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(text, encoding="utf-8", newline="\n")
    assert text == path.read_text(encoding="utf-8")


def test_every_golden_file_has_its_case():
    assert {path.stem for path in GOLDEN.glob("*.txt")} == {*CASES, "colors"}


def test_colors_are_used_only_when_asked_for():
    presentation = CASES["chain_over_two_files"]()
    colored = render(presentation, color=True)
    path = GOLDEN / "colors.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(colored, encoding="utf-8", newline="\n")
    assert colored == path.read_text(encoding="utf-8")
    plain = render(presentation, color=False)
    assert "\x1b" not in plain
    codes = ["31", "1;31", "1;33", "1;36", "1;34", "1", "0", "32", "2"]
    for code in codes:
        colored = colored.replace(f"\x1b[{code}m", "")
    assert colored == plain


def test_worst_twenty_causes_are_shown():
    findings = [
        admin(subject=Subject("role", f"r{n}"), cause=(f"c{n}",), fixes=()) for n in range(23)
    ]
    text = render(present(*findings), color=False)
    assert text.count("warning[wildcard/admin]") == 20
    assert "\n\nand 3 more (--show-all)\n\n23 warnings\n" in text
    assert render(present(*findings, show_all=True), color=False).count("warning[") == 23


def test_one_cause_at_one_place_is_one_frame():
    findings = [
        admin(subject=Subject("role", f"r{n}"), cause=("wildcard", "admin"), fixes=())
        for n in range(6)
    ]
    text = render(present(*findings), color=False)
    assert text.count("warning[") == 1
    assert "= same for: r1, r2, r3 and 2 more\n" in text
    assert text.endswith("\n6 warnings\n")
    pair = render(present(*findings[:2]), color=False)
    assert "= same for: r1\n" in pair


def test_one_cause_for_one_subject_twice_is_told_once():
    text = render(present(admin(cause=("c",)), admin(cause=("c",))), color=False)
    assert "same for" not in text


def test_many_places_and_requests_are_counted():
    places = tuple(Related(Span("app/roles.tf", n, n + 1), f"place {n}") for n in range(12))
    requests = tuple(request(f"s3:Get{n}", "*") for n in range(7))
    text = render(present(pass_role(related=places, witness=requests, steps=())), color=False)
    assert "= note: 4 more places in the JSON report\n" in text
    assert "and 3 more requests\n" in text


def test_possible_finding_without_reasons_says_something():
    text = render(present(admin(answers=())), color=False)
    assert "= possible: it depends on values that are not known here\n" in text


def test_unseen_input_without_a_remedy_is_listed_alone():
    unseen = (not_in_view(1)[0]._replace(remedy=""),)
    text = render(present(not_in_view=unseen), color=False)
    assert text.startswith("not in view\n  app/roles.tf:1:19 module 0 is not installed\n\n")


def test_each_kind_of_what_is_not_in_view_is_told_however_many_there_are_of_one():
    first = not_in_view(1)[0]
    modules = tuple(
        first._replace(message=f"module {n}", remedy=f"run 'terraform get' in m{n}")
        for n in range(12)
    )
    apps = tuple(
        first._replace(kind="cdk-app", message=f"app {n}", remedy="run 'cdk synth'")
        for n in range(377)
    )
    place = "  app/roles.tf:1:19"
    assert render(present(not_in_view=modules + apps), color=False).startswith(
        "not in view\n"
        f"{place} module 0\n  = help: run 'terraform get' in m0\n"
        f"{place} module 1\n  = help: run 'terraform get' in m1\n"
        f"{place} module 2\n  = help: run 'terraform get' in m2\n"
        "  and 9 more of this kind (--show-all)\n"
        f"{place} app 0\n{place} app 1\n{place} app 2\n"
        "  and 374 more like this (--show-all)\n  = help: run 'cdk synth'\n\n"
    )
    everything = render(present(not_in_view=modules + apps, show_all=True), color=False)
    assert "more" not in everything
    assert "module 11" in everything
    assert "app 376" in everything


def test_warnings_beyond_ten_are_counted():
    warnings = tuple(MODULE._replace(message=f"module {n}") for n in range(12))
    text = render(present(diagnostics=warnings), color=False)
    assert text.count("warning[module-not-installed]") == 10
    assert "and 2 more warnings (--show-all)\n" in text


@pytest.mark.parametrize(
    ("prefix", "fixes", "expected"),
    [
        ("", (detach(),), "1 fix available: leastwise fix --apply --unsafe-fixes\n"),
        ("../a b/", (detach(),), "leastwise fix --apply --unsafe-fixes '../a b'\n"),
        ("/", (detach(),), "leastwise fix --apply --unsafe-fixes /\n"),
        (
            "x/",
            (detach()._replace(applicability=Applicability.SAFE),),
            "1 fix available: leastwise fix --apply x\n",
        ),
        ("", (detach()._replace(applicability=Applicability.DISPLAY),), "1 warning\n"),
        ("", (DUMP_FIX,), "1 warning\n"),
    ],
)
def test_tally_tells_the_command_that_applies_fixes(prefix, fixes, expected):
    text = render(present(admin(fixes=fixes), prefix=prefix), color=False)
    assert text.endswith(expected)


def test_tally_names_the_paths_that_were_typed():
    typed = present(admin(), prefix="infra/", paths=("infra/ci", "my file.tf"))
    text = render(typed, color=False)
    assert text.endswith("leastwise fix --apply --unsafe-fixes infra/ci 'my file.tf'\n")


def test_steps_that_repeat_the_witness_are_numbers_on_it():
    legs = (request("iam:PassRole", "*"), request("lambda:CreateFunction", "*"))
    steps = tuple(Step(f"calls {leg.action}", leg) for leg in legs)
    text = render(present(pass_role(witness=legs, steps=steps)), color=False)
    assert "witness: 1. iam:PassRole on * by arn:aws:sts:" in text
    assert "2. lambda:CreateFunction on *\n" in text
    assert "= step" not in text


def test_long_list_of_other_rules_is_cut():
    also = tuple(Also(f"trust/r{n}", None, "note", "f" * 16) for n in range(7))
    text = render(present(admin(also=also)), color=False)
    assert "= also: trust/r0, trust/r1, trust/r2, trust/r3 and 3 more\n" in text


def test_possible_finding_with_its_reason_among_the_assumptions_is_not_told_twice():
    reason = "the boundary is not in view"
    text = render(present(admin(assumptions=(reason,))), color=False)
    assert text.count(reason) == 1
    assert "= possible: only where the above holds\n" in text


@pytest.mark.parametrize(
    ("sentence", "line"),
    [
        ("holds when ${var.p} is 'aws'", "= holds: when ${var.p} is 'aws'\n"),
        ("when x is true", "= when: x is true\n"),
        ("parameter P is 'a'", "= assumes: parameter P is 'a'\n"),
    ],
)
def test_assumptions_read_as_sentences(sentence, line):
    assert line in render(present(admin(assumptions=(sentence,))), color=False)


def test_tally_counts_each_fix_once():
    other = detach()._replace(title="another")
    text = render(present(admin(), admin(), admin(fixes=(other,))), color=False)
    assert "2 fixes available" in text


EVIL = st.text(
    alphabet=st.sampled_from(list("a:#[]\n\r\x1b\u202e\u2028\t\x00\x9b`\udce9 é日")), max_size=20
)


@settings(max_examples=60, deadline=None)
@given(text=EVIL, line=EVIL)
def test_no_user_string_forges_a_line_or_a_control(text, line):
    path = f"d/{text}"
    tree = MemoryTree({path: f"x {line} y".encode("utf-8", "surrogateescape")})
    hostile = Finding(
        rule=text or "r",
        level="error",
        confidence="possible",
        message=text,
        subject=Subject("role", text),
        span=Span(path, 0, 1),
        related=(Related(Span(path, 2, 4), text),),
        witness=(request(text, text, (text, (text,))),),
        assumptions=(text, f"when {text}"),
        fixes=(
            Fix(
                text,
                (Edit(Span(path, 0, 1), b"::"),),
                Applicability.SAFE,
                text,
                text,
                ((text, text),),
            ),
        ),
    )
    broken = BROKEN._replace(span=Span(path, 0, 0), message=text, remedy=text)
    presentation = present(hostile, tree=tree, diagnostics=(broken,), prefix=text)
    out = render(presentation, color=False)
    for row in out.split("\n"):
        assert all(c.isprintable() or c == "\u3000" for c in row)
        assert "##[" not in row
        assert not row.lstrip().startswith("::") or row.lstrip().startswith("::: ")


def test_no_line_is_longer_than_the_width_for_source():
    text = render(CASES["long_line"](), color=False, width=60)
    quoted = [row for row in text.split("\n") if row.startswith("1 |")]
    assert [len(row) for row in quoted] == [60]
