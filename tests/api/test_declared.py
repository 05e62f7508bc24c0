"""What roots declare beside their policies is listed for the rules that ask, each root its own."""

import pickle
from pathlib import Path

from leastwise.api.check import Setup, check, prepare
from leastwise.api.options import Options
from leastwise.api.workspace import Workspace
from leastwise.iam.project import Project, Root, merge
from leastwise.source.tree import MemoryTree

QUEUE = b'resource "aws_sqs_queue" "jobs" {\n  name = "jobs"\n}\n'
POLICY = b"""resource "aws_iam_policy" "app" {
  name   = "app"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sqs:SendMessage", Resource = "arn:aws:sqs:*:*:*" }]
  })
}
"""
RULE = "wildcard/resource-wider-than-declared"


def outcome(files, **options):
    names = frozenset(files)
    workspace = Workspace(MemoryTree(files), tuple(sorted(names)), names, names, "", Path("/"))
    setup = prepare(workspace, Options(**options), Path("/"))
    assert isinstance(setup, Setup)
    return check(setup)


def test_a_policy_is_held_against_what_its_own_root_declares():
    found = outcome({"main.tf": QUEUE + POLICY}, preview=True, select=(RULE,))
    assert [f.rule for f in found.report.findings] == [RULE]
    assert "but aws_sqs_queue.jobs is declared here" in found.report.findings[0].message
    apart = outcome({"a/main.tf": QUEUE, "b/main.tf": POLICY}, preview=True, select=(RULE,))
    assert apart.report.findings == ()


def test_nothing_is_listed_where_no_rule_asks():
    loaded = outcome({"main.tf": QUEUE + POLICY}).loaded
    assert [project.declared for project in loaded.projects] == [None]


def test_what_is_listed_can_come_from_other_processes_and_stays_with_its_root():
    root = Root("terraform", "a")
    listed = Project((root,), declared={root: ()})
    assert pickle.dumps(listed)
    assert merge((listed, Project((Root("terraform", "b"),)))).declared == {root: ()}


def test_nothing_is_listed_where_there_is_no_policy():
    found = outcome({"main.tf": QUEUE}, preview=True, select=(RULE,))
    assert [project.declared for project in found.loaded.projects] == [None]
