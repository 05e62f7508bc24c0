"""Verdicts on random principals and buckets, held against deciding every request of a universe."""

import fnmatch
import json
import random

import pytest

from leastwise.api.carriers import carriers_of
from leastwise.api.expectations.judging import judge
from leastwise.api.expectations.names import Scene
from leastwise.api.expectations.reading import Expectation, Requests, Written
from leastwise.iam.policy import Pattern, PolicyDocument
from leastwise.iam.project import (
    Account,
    Attachment,
    Policy,
    Principal,
    PrincipalId,
    Project,
    Resource,
)
from leastwise.semantics.decide import decide
from leastwise.semantics.effective import access_of
from leastwise.semantics.model import Caller, Request
from leastwise.source.span import Span
from leastwise.source.tree import MemoryTree

HERE = Span("main.tf", 0, 0)
ACCOUNT = "111122223333"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/app"
ACTIONS = ["s3:GetObject", "s3:PutObject"]
OBJECTS = [f"arn:aws:s3:::{bucket}/{key}" for bucket in ("b1", "b2", "b3") for key in "xy"]
GRANTED = ["*", *(f"arn:aws:s3:::{name}" for name in ("b1/*", "b2/*", "b*/x", "b1/x", "b3/*"))]
ASKED = [[], ["b1/*"], ["b1/x"], ["b1/*", "b3/*"], ["b*"]]
WHO = ["*", {"AWS": ROLE}, {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, {"AWS": "444455556666"}]
KEY = "aws:SecureTransport"


def policy(choose: random.Random, bucket: str = "") -> Policy:
    statements = []
    for _ in range(choose.randint(1, 3)):
        granted = [f"arn:aws:s3:::{bucket}/*", f"arn:aws:s3:::{bucket}/x"] if bucket else GRANTED
        statement = {
            "Effect": choose.choice(["Allow", "Allow", "Deny"]),
            "Action": choose.choice([*ACTIONS, "s3:*", "s3:Get*"]),
            "Resource": choose.choice(granted),
        }
        if bucket:
            statement["Principal"] = choose.choice(WHO)
        if choose.random() < 0.3:
            operator = choose.choice(["Bool", "BoolIfExists"])
            statement["Condition"] = {operator: {KEY: choose.choice(["true", "false"])}}
        statements.append(statement)
    kind = "resource" if bucket else "identity"
    text = json.dumps({"Version": "2012-10-17", "Statement": statements})
    return Policy(bucket, "policy", kind, PolicyDocument.parse(text, kind), "concrete", HERE)


def principal(choose: random.Random) -> Principal:
    boundary = Attachment(policy(choose), "managed", HERE) if choose.random() < 0.3 else None
    return Principal(
        PrincipalId(Account("account", ACCOUNT), "role", Pattern(("app",))),
        "aws_iam_role.app",
        Pattern((ROLE,)),
        HERE,
        tuple(Attachment(policy(choose), "inline", HERE) for _ in range(choose.randint(0, 2))),
        boundary,
    )


def is_allowed(request: Request, app: Principal, buckets: dict[str, Policy]) -> bool:
    bucket = request.resource.rpartition(":")[2].partition("/")[0]
    access = access_of(app)
    if bucket in buckets:
        access = access._replace(resource=buckets[bucket], resource_account=ACCOUNT)
    return decide(request, access).outcome == "allowed"


def completed(request: Request) -> Request:
    """Return a request with the key that AWS always sends."""
    return request._replace(
        context=tuple({KEY.lower(): ("true",), **dict(request.context)}.items())
    )


@pytest.mark.parametrize("seed", range(150))
def test_verdicts_agree_with_deciding_each_request(seed):
    choose = random.Random(seed)  # noqa: S311 - no secret
    app = principal(choose)
    buckets = {name: policy(choose, name) for name in ("b1", "b2") if choose.random() < 0.7}
    resources = tuple(
        Resource(name, "aws_s3_bucket_policy", Pattern((f"arn:aws:s3:::{name}",)), HERE, document)
        for name, document in buckets.items()
    )
    project = Project((), (app,), (), resources)
    scene = Scene(project, carriers_of(project), MemoryTree({}), "", lambda: ())
    actions = choose.choice([ACTIONS[:1], ACTIONS[1:], ACTIONS])
    asked = [f"arn:aws:s3:::{name}" for name in choose.choice(ASKED)]
    safe = choose.choice([True, False])
    requests = Requests(
        tuple(Written(a, HERE) for a in actions),
        tuple(Written(a, HERE) for a in asked),
        ((KEY.lower(), ("true",)),) if safe else (),
    )
    universe = [
        Request(Caller("AWS", ROLE), action, resource, ((KEY.lower(), (value,)),))
        for action in actions
        for resource in OBJECTS
        if not asked or any(fnmatch.fnmatchcase(resource, glob) for glob in asked)
        for value in (["true"] if safe else ["true", "false"])
    ]
    allowed = [is_allowed(request, app, buckets) for request in universe]

    def verdict(kind):
        names = (Written(app.address, HERE),)
        return judge(Expectation(1, kind, "", HERE, principals=names, requests=requests), scene)

    can, cannot = verdict("can"), verdict("cannot")
    assert can.verdict in {"holds", "fails"}
    assert cannot.verdict in {"holds", "fails"}
    if can.verdict == "holds":
        assert all(allowed)
    elif (refused := can.breaches[0].answer.witness) is not None:
        assert not is_allowed(completed(refused), app, buckets)
    if cannot.verdict == "holds":
        assert not any(allowed)
    else:
        witness = cannot.breaches[0].answer.witness
        assert witness is not None
        assert is_allowed(completed(witness), app, buckets)
