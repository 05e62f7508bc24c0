"""Which principals and policies an edit concerns, and what a proof then evaluates."""

import pytest
from tests.fixes.worked import ADMIN, POWER, attachment, checked, role

from leastwise.api.check import bench
from leastwise.fixes.difference import difference
from leastwise.rules.subjects import subjects
from leastwise.source.tree import OverlayTree

INLINE = """\
resource "aws_iam_role_policy" "read" {
  role   = aws_iam_role.b.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "s3:GetObject", Resource = "*" }] })
}
"""
TEXT = role("a") + role("b") + attachment("one", "a", ADMIN) + INLINE


def concerned(old: str, new: str) -> tuple[list[str], list[str]]:
    """Return the addresses of principals and policies that replacing a piece concerns."""
    setup, outcome = checked({"main.tf": TEXT})
    place = bench(setup, outcome.loaded, outcome.judged)
    edited = OverlayTree(place.tree, {"main.tf": TEXT.replace(old, new).encode()})
    found = difference(place.project, place.load(edited))
    return sorted(key[0] for key in found.principals), sorted({key[0] for key in found.policies})


@pytest.mark.parametrize(
    ("old", "new", "principals", "policies"),
    [
        ('resource "aws_iam_role" "a"', '\n\nresource "aws_iam_role" "a"', [], []),
        (attachment("one", "a", ADMIN), "", ["aws_iam_role.a"], []),
        (ADMIN, POWER, ["aws_iam_role.a"], []),
        ("s3:GetObject", "s3:GetBucketTagging", ["aws_iam_role.b"], ["aws_iam_role_policy.read"]),
        ('name = "b"', 'name = "c"', ["aws_iam_role.b"], []),
        (
            "role   = aws_iam_role.b.id",
            "role   = aws_iam_role.a.id",
            ["aws_iam_role.a", "aws_iam_role.b"],
            [],
        ),
        (
            role("b") + attachment("one", "a", ADMIN) + INLINE,
            attachment("one", "a", ADMIN),
            ["aws_iam_role.b"],
            ["aws_iam_role.b", "aws_iam_role_policy.read"],
        ),
    ],
)
def test_difference_names_what_reads_differently(old, new, principals, policies):
    assert concerned(old, new) == (principals, policies)


def test_proof_evaluates_rules_only_for_what_the_edit_concerns():
    setup, outcome = checked({"main.tf": role("b") + TEXT.replace(role("b"), "")})
    place = bench(setup, outcome.loaded, outcome.judged)
    text = setup.workspace.tree.read("main.tf").replace(attachment("one", "a", ADMIN).encode(), b"")
    after = place.load(OverlayTree(place.tree, {"main.tf": text}))
    changed = difference(place.project, after)
    before = {f.subject.address for f in place.found(changed.concerns)}
    assert before == {"aws_iam_role.a"}
    assert place.find(after, changed) == ()


def test_equal_findings_of_others_do_not_keep_one_from_being_cured():
    text = role("a") + attachment("one", "a", ADMIN)
    _, outcome = checked({"here/main.tf": text, "there/main.tf": text})
    names = sorted(f.fingerprint.partition("#")[2] for f in outcome.report.findings)
    assert names == ["", "2"]
    assert [len(f.fixes) for f in outcome.report.findings] == [1, 1]


def test_namesakes_in_roots_that_are_not_read_again_are_not_concerned():
    setup, outcome = checked({"one/main.tf": TEXT, "two/main.tf": TEXT})
    place = bench(setup, outcome.loaded, outcome.judged)
    text = TEXT.replace("s3:GetObject", "s3:GetBucketTagging").encode()
    after = place.load(OverlayTree(place.tree, {"one/main.tf": text}))
    found = difference(place.project, after)
    cases = [c for c in subjects(after, setup.config) if found.concerns(c)]
    assert {c.policy.span.path for c in cases if c.policy is not None} == {"one/main.tf"}
    part = subjects(after, setup.config, found.read_again(after))
    assert [c.subject for c in part if found.concerns(c)] == [c.subject for c in cases]
