"""``data/shop/compiled.json`` is what version 3.40 of the Serverless Framework made of the service.

Only its roles, a function and a table are kept. The plugin is serverless-iam-roles-per-function 3.2.
"""

import textwrap
from pathlib import Path

import pytest

from leastwise.config.model import Config, RootSettings
from leastwise.frontends import cloudformation
from leastwise.iam.policy import Patterns, PolicyDocument
from leastwise.iam.project import Principal, Project, Root
from leastwise.source.text import display, source_spans
from leastwise.source.tree import DiskTree, MemoryTree, Tree
from leastwise.source.value import Chars

SHOP = DiskTree(Path(__file__).parent / "data" / "shop")
NETWORK = "arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole"


def loaded(tree: Tree, path: str = "serverless.yml") -> Project:
    settings = RootSettings("compiled.json", region="eu-west-1")
    config = Config(roots=(settings,))
    return cloudformation.load(Root("cloudformation", path), tree, config)


def service(text: str, **files: str) -> Project:
    contents = {"serverless.yml": textwrap.dedent(text).encode()}
    contents |= {name: textwrap.dedent(body).encode() for name, body in files.items()}
    return loaded(MemoryTree(contents))


def globs(patterns: Patterns | None) -> list[str]:
    found = () if patterns is None else patterns.globs
    return [display(glob.origin) for glob in found if glob.origin is not None]


def facts(document: PolicyDocument) -> set[tuple[str, str, str]]:
    """Return effect, action and resource of all pairs that a document holds."""
    found: set[tuple[str, str, str]] = set()
    for one in document.statements:
        resources = globs(one.resources) or ["-"]
        found |= {(one.effect, a, r) for a in globs(one.actions) for r in resources}
    return found


def said(principal: Principal, path: str) -> dict[str, object]:
    """Return all that is said of a principal, with symbols as they are referred to."""
    trust = principal.trust
    assert trust is not None
    services = [
        display(entry.pattern.origin)
        for one in trust.document.statements
        for entry in (one.principals.entries if one.principals is not None else ())
        if entry.pattern.origin is not None
    ]
    arn = principal.arn.origin
    assert arn is not None
    inline = [a.policy.document for a in principal.attachments if a.how == "inline"]
    managed = [a.policy.arn for a in principal.attachments if a.how == "managed"]
    return {
        "arn": display(arn).replace(path, "P"),
        "trust": sorted(services),
        "inline": sorted(fact for document in inline for fact in facts(document)),
        "managed": sorted(display(a.origin) for a in managed if a is not None and a.origin),
        "boundary": None if principal.boundary is None else principal.boundary.policy.address,
        "tags": [(display(key), display(value)) for key, value in principal.tags],
    }


def role(project: Project, name: str = "IamRoleLambdaExecution") -> Principal:
    return next(p for p in project.principals if p.address == name)


def allowed(project: Project, name: str = "IamRoleLambdaExecution") -> set[tuple[str, str]]:
    """Return what a role may do beyond writing logs."""
    policy = role(project, name).attachments[0].policy
    pairs = {(action, resource) for _, action, resource in facts(policy.document)}
    return {pair for pair in pairs if not pair[0].startswith("logs:")}


def test_roles_are_those_that_the_framework_makes():
    ours, theirs = loaded(SHOP), loaded(SHOP, "compiled.json")
    names = {
        "IamRoleCustomResourcesLambdaExecution",
        "IamRoleLambdaExecution",
        "OwnIamRoleLambdaExecution",
        "Special",
    }
    assert {p.address for p in ours.principals} == names
    assert {p.address for p in theirs.principals} == names
    for name in sorted(names):
        made = said(role(ours, name), "serverless.yml")
        assert made == said(role(theirs, name), "compiled.json"), name


def test_statement_points_at_the_line_of_the_service():
    policy = role(loaded(SHOP)).attachments[0].policy
    written = {}
    for one in policy.document.statements:
        for glob in one.actions.globs:
            for piece in glob.origin.pieces if glob.origin is not None else ():
                if isinstance(piece, Chars):
                    written[piece.text] = [span.path for span in source_spans(piece)]
    assert written["dynamodb:GetItem"] == ["serverless.yml"]
    assert written["s3:PutObject"] == ["statements.yml"]
    assert written["sqs:ReceiveMessage"] == []


def test_files_that_a_service_is_written_in_are_read_through_it():
    assert loaded(SHOP).read == {"statements.yml"}


FUNCTION = """
service: shop
provider:
  name: aws
{provider}
functions:
  hello:
    handler: a.b
{function}
"""


def of(function: str = "", provider: str = "") -> Project:
    return service(
        FUNCTION.format(
            provider=textwrap.indent(textwrap.dedent(provider), "  "),
            function=textwrap.indent(textwrap.dedent(function), "    "),
        )
    )


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        ("", set()),
        (
            "events: [{sqs: 'arn:aws:sqs:us-east-1:111122223333:q'}]",
            {
                (f"sqs:{action}", "arn:aws:sqs:us-east-1:111122223333:q")
                for action in ("ReceiveMessage", "DeleteMessage", "GetQueueAttributes")
            },
        ),
        (
            "events: [websocket: $connect]",
            {
                (
                    "execute-api:ManageConnections",
                    "arn:${AWS::Partition}:execute-api:*:*:*/@connections/*",
                )
            },
        ),
        ("onError: arn:aws:sns:x:1:t", {("sns:Publish", "arn:aws:sns:x:1:t")}),
        ("kmsKeyArn: arn:aws:kms:x:1:key/k", {("kms:Decrypt", "arn:aws:kms:x:1:key/k")}),
        (
            "tracing: Active",
            {("xray:PutTraceSegments", "*"), ("xray:PutTelemetryRecords", "*")},
        ),
        ("tracing: false", set()),
        (
            "destinations: {onSuccess: arn:aws:sqs:x:1:q}",
            {("sqs:SendMessage", "arn:aws:sqs:x:1:q")},
        ),
        (
            "destinations: {onFailure: {type: eventBus, arn: arn:aws:events:x:1:event-bus/b}}",
            {("events:PutEvents", "arn:aws:events:x:1:event-bus/b")},
        ),
        ("events: [http: GET /x, {s3: photos}, 'sns']", set()),
    ],
)
def test_function_adds_to_the_role_what_it_needs(function, expected):
    assert allowed(of(function)) == expected


def test_scheduler_and_edge_functions_may_have_others_assume_the_role():
    function = """
    events:
      - schedule: {rate: rate(1 day), method: scheduler}
      - cloudFront: {eventType: viewer-request}
    """
    assert said(role(of(function)), "serverless.yml")["trust"] == [
        "edgelambda.amazonaws.com",
        "lambda.amazonaws.com",
        "scheduler.amazonaws.com",
    ]


def test_network_of_a_function_brings_the_managed_policy():
    managed = [a for a in role(of("vpc: {subnetIds: [s]}")).attachments if a.how == "managed"]
    assert [a.policy.aws_managed for a in managed] == [True]


@pytest.mark.parametrize(
    "provider",
    [
        "iamRoleStatements: [{Effect: Allow, Action: 's3:*', Resource: '*'}]",
        "iam: {role: {statements: [{Effect: Allow, Action: 's3:*', Resource: '*'}]}}",
    ],
)
def test_statements_of_the_provider_are_those_of_the_role(provider):
    assert allowed(of(provider=provider)) == {("s3:*", "*")}


@pytest.mark.parametrize(
    "provider",
    [
        "role: arn:aws:iam::111122223333:role/app",
        "iam: {role: arn:aws:iam::111122223333:role/app}",
        "iam: {role: {'Fn::ImportValue': app}}",
    ],
)
def test_role_that_is_there_is_not_made(provider):
    assert of(provider=provider).principals == ()


def test_functions_that_all_have_roles_share_none():
    assert of("role: arn:aws:iam::111122223333:role/app").principals == ()


def test_service_without_functions_has_no_role():
    assert service("service: a\nprovider: {name: aws}\n").principals == ()


def test_each_function_has_a_role_in_that_mode():
    project = of(
        "iam: {role: {name: own, statements: [{Effect: Allow, Action: 's3:*', Resource: '*'}]}}",
        "iam: {role: {mode: perFunction, statements: [{Effect: Allow, Action: a:b, Resource: c}]}}",
    )
    assert [p.address for p in project.principals] == ["HelloIamRoleLambdaExecution"]
    made = role(project, "HelloIamRoleLambdaExecution")
    assert allowed(project, "HelloIamRoleLambdaExecution") == {("s3:*", "*"), ("a:b", "c")}
    assert said(made, "x")["arn"] == "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/own"


def test_function_url_without_an_authorizer_is_for_everyone():
    for url, number in (("true", 1), ("{authorizer: aws_iam}", 0)):
        project = of(f"url: {url}")
        assert len([p for p in project.policies if p.kind == "resource"]) == number


def test_extension_replaces_a_property_of_what_is_made():
    project = service(
        """
        service: a
        provider: {name: aws}
        functions: {hello: {handler: a.b}}
        resources:
          extensions:
            IamRoleLambdaExecution:
              Properties: {RoleName: renamed, Policies: []}
            Nobody: {Properties: {A: b}}
        """
    )
    made = said(role(project), "x")
    assert made["inline"] == []
    assert made["arn"] == "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/renamed"


def test_resources_of_a_list_are_merged():
    project = service(
        """
        service: a
        provider: aws
        resources:
          - Resources: {One: {Type: 'AWS::IAM::User'}}
          - ${file(two.yml)}
          - ${file(three.js)}
        """,
        **{"two.yml": "Resources: {Two: {Type: 'AWS::IAM::User'}}"},
    )
    assert {p.address for p in project.principals} == {"One", "Two"}
    assert [n.kind for n in project.not_in_view] == ["serverless-variable"]


def test_stage_without_a_value_is_a_symbol():
    project = service(
        "service: a\nprovider: {name: aws, stage: '${opt:stage}'}\nfunctions: {f: {}}\n"
    )
    arn = said(role(project), "x")["arn"]
    assert "role/a-${opt:stage}-${AWS::Region}-lambdaRole" in str(arn)


def test_plugin_that_may_change_the_template_is_told():
    text = "service: a\nprovider: {name: aws}\nplugins: [serverless-offline, serverless-x]\n"
    (unseen,) = service(text).not_in_view
    assert unseen.kind == "serverless-plugin"
    assert "'serverless-x'" in unseen.message
    assert "serverless-offline" not in unseen.message


def test_broken_service_is_an_error():
    for text in ("service: a\nprovider: [", "service: a\nservice: b\nprovider: aws\n"):
        project = service(text)
        assert [d.severity for d in project.diagnostics] == ["error"]
        assert project.files == ("serverless.yml",)


def test_service_in_json_is_read():
    text = b'{"service": "a", "provider": {"name": "aws"}, "functions": {"f": {"handler": "a.b"}}}'
    project = loaded(MemoryTree({"serverless.json": text}), "serverless.json")
    assert [p.address for p in project.principals] == ["IamRoleLambdaExecution"]


@pytest.mark.parametrize(
    "text",
    [
        "functions: [1, {a: 2}, {b: {events: 3}}, {c: {events: [4, {sqs: 5}, {stream: {}}]}}]",
        "functions: {a: {events: [{kafka: x}, {msk: []}, {activemq: y}, {schedule: 1}]}}",
        "functions: {a: {url: [], destinations: 1, fileSystemConfig: x, iam: 1, role: []}}",
        "resources: 1",
        "resources: {Resources: [1], extensions: 2}",
        "resources: [{Resources: 1}, 2, {Resources: {A: 3}}, {Resources: {A: [4]}}]",
        "iam: {role: []}",
        "custom: 1\nplugins: {modules: [1, x]}",
    ],
)
def test_values_of_the_wrong_shape_are_no_crash(text):
    project = service(f"service: [a]\nprovider: {{name: aws, iam: 1, vpc: 2, logs: x}}\n{text}\n")
    assert isinstance(project, Project)
