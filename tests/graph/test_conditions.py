"""What has to hold of the target of a path beside the calls."""

import pytest

from leastwise.config.model import Config
from leastwise.frontends import terraform
from leastwise.graph.calls.conditions import Conditions
from leastwise.graph.closure.reach import graph_of
from leastwise.graph.model import Condition
from leastwise.iam.project import merge
from leastwise.source.tree import MemoryTree

USER = """
provider "aws" {
  allowed_account_ids = ["ACCOUNT"]
}
resource "aws_iam_user" "app" {
  name = "app"
}
"""
LOGIN = """
resource "aws_iam_user_login_profile" "app" {
  user = "app"
}
"""
KEY = """
resource "aws_iam_access_key" "NAME" {
  user = "app"
}
"""
FIRST, SECOND = USER.replace("ACCOUNT", "111122223333"), USER.replace("ACCOUNT", "444455556666")
KEYS = KEY.replace("NAME", "a") + KEY.replace("NAME", "b")


def met(predicate, *texts):
    """Return the roots whose user surely meets a condition."""
    files = {f"{n}/main.tf": text.encode() for n, text in enumerate(texts)}
    tree, config = MemoryTree(files), Config()
    roots = terraform.roots(tree, tuple(sorted(files)))
    project = merge(tuple(terraform.load(root, tree, config) for root in roots))
    graph = graph_of(project, config)
    users = graph.people.of_kind("user")
    conditions = Conditions(project, graph.people, graph.trusts)
    found = conditions.of_targets(Condition(predicate, "user"), users)
    return {graph.known.node(n).root for n in range(graph.known.count) if found.sure >> n & 1}


@pytest.mark.parametrize(
    ("predicate", "given", "expected"),
    [
        ("no-password", LOGIN, {"1"}),
        ("has-password", LOGIN, {"0"}),
        ("free-key-slot", KEYS, {"1"}),
        ("no-password", "", {"0", "1"}),
    ],
)
def test_a_credential_is_that_of_the_user_in_its_own_account(predicate, given, expected):
    assert met(predicate, FIRST + given, SECOND) == expected
