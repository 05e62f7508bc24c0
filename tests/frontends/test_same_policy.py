"""One role, spelled in every language we read: the same statements from each of them.

Its policies are no trivial ones: conditions, ``NotAction``, ``NotResource``, a policy variable,
a trust with two types of principals. What differs is the language, how the documents are
spelled, and the order of what has no order.
"""

import pytest
from tests.frontends.spelled import ENCODINGS, PLAIN_POLICIES

from leastwise.api.load import load_workspace
from leastwise.api.options import Options
from leastwise.api.workspace import Workspace
from leastwise.config.model import Config
from leastwise.source.tree import MemoryTree

TRUST = [
    (
        "Allow",
        "Callers",
        ("actions", False, {"sts:AssumeRole"}),
        None,
        (
            False,
            {("AWS", "arn:aws:iam::111122223333:root"), ("Service", "ec2.amazonaws.com")},
        ),
        {("StringEquals", None, False, "sts:ExternalId", frozenset({"x-1"}))},
    )
]
POLICY = [
    (
        "Allow",
        "Own",
        ("actions", False, {"s3:GetObject", "s3:PutObject"}),
        ("resources", False, {"arn:aws:s3:::app/${aws:username}/*"}),
        None,
        {
            ("Bool", None, False, "aws:SecureTransport", frozenset({"true"})),
            ("IpAddress", None, False, "aws:SourceIp", frozenset({"10.0.0.0/8", "192.0.2.0/24"})),
            ("StringLike", "ForAnyValue", True, "aws:PrincipalTag/team", frozenset({"a*"})),
        },
    ),
    (
        "Allow",
        "Rest",
        ("actions", True, {"iam:*", "sts:*"}),
        ("resources", False, {"*"}),
        None,
        {("StringEquals", None, False, "aws:RequestedRegion", frozenset({"eu-west-1"}))},
    ),
    (
        "Deny",
        "Never",
        ("actions", False, {"s3:*"}),
        ("resources", True, {"arn:aws:s3:::app", "arn:aws:s3:::app/*"}),
        None,
        set(),
    ),
]


def _spelled(pattern) -> str:
    assert all(isinstance(piece, str) for piece in pattern.pieces), pattern
    return "".join(pattern.pieces)


def _patterns(name, patterns):
    if patterns is None:
        return None
    assert patterns.tail is None
    return name, patterns.negated, {_spelled(glob) for glob in patterns.globs}


def _principals(principals):
    if principals is None:
        return None
    assert principals.tail is None
    return principals.negated, {(e.type, _spelled(e.pattern)) for e in principals.entries}


def _condition(condition):
    assert condition.tail is None
    operator = condition.operator
    return (
        operator.name,
        operator.quantifier,
        operator.if_exists,
        _spelled(condition.key),
        frozenset(map(_spelled, condition.values)),
    )


def said(document):
    """Return what the statements of a document say, without places and without order of sets."""
    assert document.opaque is None
    assert document.diagnostics == ()
    assert document.version == "2012-10-17"
    assert all(s.when == () and s.conditions_tail is None for s in document.statements)
    return [
        (
            s.effect,
            s.sid,
            _patterns("actions", s.actions),
            _patterns("resources", s.resources),
            _principals(s.principals),
            set(map(_condition, s.conditions)),
        )
        for s in document.statements
    ]


def loaded(files: dict[str, str]):
    tree = MemoryTree({name: text.encode() for name, text in files.items()})
    names = tuple(sorted(files))
    explicit = frozenset(name for name in names if name == "plan.json")
    workspace = Workspace(tree, names, frozenset(names), explicit, "", None)
    return load_workspace(workspace, Config(), Options(jobs=1)).project


@pytest.mark.parametrize("name", ENCODINGS)
def test_a_role_says_the_same_in_every_language(name):
    project = loaded(ENCODINGS[name])
    assert project.diagnostics == ()
    (role,) = project.principals
    assert _spelled(role.id.name) == "ci"
    assert not role.attachments_open
    assert role.trust is not None
    assert said(role.trust.document) == TRUST
    (held,) = role.attachments
    assert said(held.policy.document) == POLICY
    assert held.policy.resolution == "concrete"
    assert (held.policy.kind, held.policy.consumption) == ("identity", "attached")


@pytest.mark.parametrize("name", PLAIN_POLICIES)
def test_a_bare_policy_says_the_same(name):
    project = loaded(PLAIN_POLICIES[name])
    assert project.diagnostics == ()
    (policy,) = project.policies
    assert said(policy.document) == POLICY
    assert (policy.kind, policy.consumption) == ("identity", "raw")
