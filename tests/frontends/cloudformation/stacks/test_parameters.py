"""What parameters are worth: defaults, allowed values, what is given, and what rests on them."""

import pytest

from leastwise.config.model import Config, GivenVariables, RootSettings
from leastwise.frontends import cloudformation
from leastwise.iam.project import Root
from leastwise.iam.resolution import plain
from leastwise.source.tree import MemoryTree

DOCUMENT = """
      PolicyDocument:
        Statement: [{Effect: Allow, Action: "s3:*", Resource: VALUE}]
"""
TEMPLATE = """
Parameters:
  P: PARAMETER
Resources:
  Policy:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      Roles: [app]
""" + DOCUMENT.lstrip("\n")


def load(text, config=None, environment="", **files):
    tree = {name.replace("__", "."): value.encode() for name, value in files.items()}
    tree["stack.yaml"] = text.encode()
    root = Root("cloudformation", "stack.yaml", environment)
    return cloudformation.load(root, MemoryTree(tree), config or Config())


def policy(project, address="Policy"):
    (found,) = [p for p in project.policies if p.address == address]
    return found


def resource(project, address="Policy"):
    (statement,) = plain(policy(project, address).value)["Statement"]
    return statement["Resource"]


def uses(found):
    return [(use.name, use.text, use.origin, use.kind) for use in found.rests_on]


def template(parameter, value="!Ref P"):
    return TEMPLATE.replace("PARAMETER", parameter).replace("VALUE", value)


def typed(*pairs):
    return Config(parameters=tuple(GivenVariables(name=name, value=v) for name, v in pairs))


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("{Type: String, Default: x}", "x"),
        ("{Type: String, Default: ''}", ""),
        ("{Type: Number, Default: 5}", "5"),
        ("{Type: String, Default: true}", "true"),
        ("{Type: CommaDelimitedList, Default: 'a, b ,c'}", ["a", "b", "c"]),
        ("{Type: List<Number>, Default: '1,2'}", ["1", "2"]),
        (f"{{Type: CommaDelimitedList, Default: '{',' * 1_000_000}'}}", "${P}"),
        ("{Type: 'AWS::EC2::VPC::Id', Default: vpc-1}", "vpc-1"),
        ("{Type: 'AWS::SSM::Parameter::Name', Default: /x}", "/x"),
        ("{Type: 'AWS::SSM::Parameter::Value<String>', Default: /x}", "${P}"),
        ("{Type: 'AWS::SSM::Parameter::Value<List<String>>', Default: /x}", "${P}"),
        ("{Type: String, Default: '{{resolve:ssm:/x}}'}", "${{{resolve:ssm:/x}}}"),
        ("{Type: String, Default: 'a-{{resolve:ssm:/x}}'}", "a-${{{resolve:ssm:/x}}}"),
        ("{Type: String}", "${P}"),
        ("{Type: String, NoEcho: true, Default: x}", "${P}"),
        ("{Type: String, NoEcho: 'true', Default: x}", "${P}"),
        ("{Type: String, NoEcho: !Ref X, Default: x}", "${P}"),
        ("{Type: String, NoEcho: 'yes', Default: x}", "${P}"),
        ("{Type: String, NoEcho: [], Default: x}", "${P}"),
        ("{Type: String, NoEcho: false, Default: x}", "x"),
        ("{Type: String, Default: x, AllowedPattern: '[0-9]+'}", "x"),
        ("{Type: String, Default: x, AllowedValues: [x, y]}", "x"),
        ("{Type: String, AllowedValues: [only]}", "only"),
        ("{Type: CommaDelimitedList, Default: 'a,b', AllowedValues: [a, b, c]}", ["a", "b"]),
        ("{Type: CommaDelimitedList, Default: 'a,b', AllowedValues: ['a,b', c]}", ["a", "b"]),
        ("{Type: CommaDelimitedList, Default: 'a,x', AllowedValues: [a, b]}", "${P}"),
        ("{Default: x}", "x"),
        ("[]", "${P}"),
    ],
)
def test_a_parameter_is_worth(parameter, value):
    assert resource(load(template(parameter))) == value


@pytest.mark.parametrize(
    ("parameter", "glob"),
    [
        ("{Type: String}", "*"),
        ("{Type: 'AWS::EC2::Subnet::Id'}", "subnet-*"),
        (
            f"{{Type: String, AllowedValues: [{', '.join(f'db-{n}-x' for n in range(17))}]}}",
            "db-*-x",
        ),
        (f"{{Type: String, AllowedValues: [{', '.join(f'{n}{n}' for n in range(10, 30))}]}}", "*"),
    ],
)
def test_a_parameter_without_value_matches_a_glob(parameter, glob):
    (statement,) = policy(load(template(parameter))).document.statements
    (pattern,) = statement.resources.globs
    (symbol,) = pattern.pieces
    assert (symbol.glob, symbol.reason) == (glob, "a parameter without default")
    assert symbol.span.path == "stack.yaml"


def test_allowed_values_are_the_worlds_of_a_parameter_without_default():
    project = load(template("{Type: String, AllowedValues: [a, b]}", "!Sub 'arn:aws:s3:::${P}'"))
    found = [
        ([a.text for a in s.when], s.resources.globs[0].pieces)
        for s in policy(project).document.statements
    ]
    assert found == [
        (["parameter P is 'a'"], ("arn:aws:s3:::a",)),
        (["parameter P is 'b'"], ("arn:aws:s3:::b",)),
    ]


def test_a_default_that_is_refused_is_nobodys_value():
    project = load(template("{Type: String, Default: x, AllowedValues: [a, b]}"))
    (problem,) = [d for d in project.diagnostics if d.code == "refused-parameter"]
    assert (problem.severity, problem.remedy) == ("warning", "use one of 'a', 'b'")
    assert [s.resources.globs[0].pieces for s in policy(project).document.statements] == [
        ("a",),
        ("b",),
    ]


@pytest.mark.parametrize(
    ("parameter", "given", "value"),
    [
        ("{Type: String, Default: x}", "y", "y"),
        ("{Type: CommaDelimitedList}", "a,b", ["a", "b"]),
        ("{Type: String}", "a,b", "a,b"),
        ("{Type: String}", "", ""),
        ("{Type: String}", "a=b", "a=b"),
        ("{Type: String, AllowedValues: [a, b]}", "b", "b"),
        ("{Type: String, AllowedValues: [a, b]}", "c", "c"),
        ("{Type: String, NoEcho: true}", "secret", "${P}"),
        ("{Type: 'AWS::SSM::Parameter::Value<String>'}", "/x", "${P}"),
        ("{Type: String}", "{{resolve:ssm:/x}}", "${{{resolve:ssm:/x}}}"),
    ],
)
def test_a_given_value_takes_the_place_of_the_default(parameter, given, value):
    assert resource(load(template(parameter), typed(("P", given)))) == value


def test_later_values_win():
    entry = RootSettings(
        "stack.yaml", parameters=(("P", "settings"),), parameter_files=("a.json", "b.json")
    )
    files = {"a__json": '{"P": "a"}', "b__json": '{"P": "b"}'}
    text = template("{Type: String, Default: x}")
    assert resource(load(text, Config(roots=(entry,)), **files)) == "settings"
    only_files = entry._replace(parameters=())
    assert resource(load(text, Config(roots=(only_files,)), **files)) == "b"
    over = typed(("P", "first"), ("P", "last"))._replace(roots=(entry,))
    assert resource(load(text, over, **files)) == "last"


def test_a_default_that_a_policy_rests_on_is_told():
    project = load(template("{Type: String, Default: x}"))
    assert uses(policy(project)) == [("P", "x", "default", "parameter")]
    assert policy(project).rests_on[0].span.path == "stack.yaml"


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("{Type: String, Default: x}", "'*'"),
        ("{Type: String}", "!Ref P"),
        ("{Type: String, NoEcho: true, Default: x}", "!Ref P"),
        ("{Type: String, AllowedValues: [a, b]}", "!Ref P"),
    ],
)
def test_nothing_is_told_of_what_has_no_say_or_no_value(parameter, value):
    assert uses(policy(load(template(parameter, value)))) == []


@pytest.mark.parametrize(
    ("config", "told"),
    [
        (typed(("P", "y")), [("P", "", "given", "parameter")]),
        (
            Config(parameters=(GivenVariables(file="p.json"),)),
            [("P", "z", "given", "parameter")],
        ),
        (
            Config(parameters=(GivenVariables(file="/x/p.json", data=b'{"P": "z"}'),)),
            [("P", "", "given", "parameter")],
        ),
    ],
)
def test_a_given_value_is_told_where_it_is_written(config, told):
    text = template("{Type: String, Default: x}")
    assert uses(policy(load(text, config, p__json='{"P": "z"}'))) == told


def test_what_a_policy_rests_on_is_followed_through_conditions_and_names():
    text = """
Parameters:
  Env: {Type: String, Default: prod}
  Name: {Type: String, Default: app}
  Other: {Type: String, Default: other}
Conditions:
  IsProd: !Equals [!Ref Env, prod]
  Always: !Not [!Not [Condition: IsProd]]
Resources:
  App:
    Type: AWS::IAM::Role
    Properties:
      RoleName: !Ref Name
      AssumeRolePolicyDocument: {Statement: []}
      ManagedPolicyArns:
        - !If [IsProd, "arn:aws:iam::aws:policy/AdministratorAccess", !Ref AWS::NoValue]
  First:
    Type: AWS::IAM::RolePolicy
    Condition: Always
    Properties:
      RoleName: !Ref App
      PolicyName: x
      PolicyDocument:
        Statement: [{Effect: Allow, Action: "*", Resource: "*"}]
  Second:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      Roles: [!Ref App]
      PolicyDocument:
        Statement: [{Effect: Allow, Action: "s3:*", Resource: !If [IsProd, "*", !Ref Other]}]
"""
    project = load(text)
    names = {p.address: [name for name, *_ in uses(p)] for p in project.policies}
    assert names == {"App": [], "First": ["Env", "Name"], "Second": ["Env"]}
    (app,) = [p for p in project.principals if p.address == "App"]
    assert [(a.origin, [u.name for u in a.rests_on]) for a in app.attachments] == [
        ("App", ["Env"]),
        ("First", []),
        ("Second", ["Name"]),
    ]


def test_an_account_and_a_region_make_literals():
    entry = RootSettings("stack.yaml", account="111122223333", region="us-gov-west-1")
    text = template(
        "{Type: String}",
        "!Sub 'arn:${AWS::Partition}:s3:${AWS::Region}:${AWS::AccountId}:${AWS::URLSuffix}'",
    )
    assert (
        resource(load(text, Config(roots=(entry,))))
        == "arn:aws-us-gov:s3:us-gov-west-1:111122223333:amazonaws.com"
    )


def test_symbols_of_environments_are_apart():
    text = template("{Type: String}")
    (dev,) = policy(load(text, environment="dev")).document.statements
    (prod,) = policy(load(text, environment="prod")).document.statements
    assert dev.resources.globs[0].pieces[0].id == "stack.yaml@dev|Ref P"
    assert prod.resources.globs[0].pieces[0].id == "stack.yaml@prod|Ref P"


@pytest.mark.parametrize(
    ("config", "severity", "words"),
    [
        (
            Config(parameters=(GivenVariables(file="p.json"),)),
            "note",
            "no parameter 'Q' is declared in 'stack.yaml'",
        ),
        (
            Config(roots=(RootSettings("stack.yaml", parameters=(("Q", "x"),)),)),
            "error",
            "parameters.Q of the configuration: 'stack.yaml' does not declare this parameter",
        ),
    ],
)
def test_a_value_that_nobody_declares_is_told(config, severity, words):
    project = load(template("{Type: String}"), config, p__json='{"Q": "x"}')
    (problem,) = [d for d in project.diagnostics if d.code == "undeclared-parameter"]
    assert (problem.severity, problem.message) == (severity, words)


def test_what_is_given_to_a_secret_parameter_is_nowhere():
    text = template("{Type: String, NoEcho: true, AllowedValues: [a, b]}")
    project = load(text, typed(("P", "verysecret")))
    assert "verysecret" not in repr(project)
