"""What is accepted as narrower where policies stand by themselves, or names can't be found."""

from dataclasses import replace

import pytest

from leastwise.fixes.narrowing import layer_widened, widened_by
from leastwise.iam.lower import lower_document
from leastwise.iam.project import Policy, Project
from leastwise.source.value import Chars, Mapping, Sequence, Text


def text(raw):
    return Text((Chars(raw),))


def policy(actions, kind="identity", **more):
    parts = {
        "Effect": text("Allow"),
        "Action": Sequence(tuple(map(text, actions))),
        "Resource": text("*"),
    }
    statement = Mapping(tuple((text(k), v) for k, v in parts.items()))
    whole = Mapping(
        ((text("Version"), text("2012-10-17")), (text("Statement"), Sequence((statement,))))
    )
    document = lower_document(whole, "identity", scope="test").document
    return Policy("org.cap", "content", kind, document, "concrete", None, **more)


READ = policy(["s3:GetObject"])
MORE = policy(["s3:*"])


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ((READ,), (), None),
        ((MORE,), (READ,), None),
        ((), (READ,), "the policy of org.cap is new"),
        ((policy(["s3:*"], "scp"),), (), "the policy of org.cap is gone"),
        ((policy(["s3:*"], "boundary"),), (), "the policy of org.cap is gone"),
        # AWS's own documents are judged where they are attached.
        ((), (replace(MORE, aws_managed=True),), None),
    ],
)
def test_policies_that_stand_in_the_source(before, after, reason):
    old, new = Project(roots=(), policies=before), Project(roots=(), policies=after)
    assert widened_by(old, new) == reason


def test_what_can_not_be_shown_to_be_narrower_is_not_accepted():
    services = ("zz", "zzunknown-service", "zzx", "zzq", "zzz", "zz7")
    before = policy([f"{service}:*" for service in services])
    assert layer_widened((before,), (policy(["zz*:*"]),)) == (
        "may not be narrower: the wildcards in actions overlap in too many ways"
    )
