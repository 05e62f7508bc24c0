"""Nested stacks and stack sets: what goes in, what comes out, and what ends."""

import pytest

from leastwise.config.model import Config
from leastwise.frontends import cloudformation
from leastwise.iam.project import Root
from leastwise.iam.resolution import plain
from leastwise.source.tree import MemoryTree

ROLE = """
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {Statement: []}
"""
CHILD = """
Parameters:
  Role: {Type: String}
  Where: {Type: String, Default: default}
Resources:
  Grant:
    Type: AWS::IAM::RolePolicy
    Properties:
      RoleName: !Ref Role
      PolicyName: x
      PolicyDocument: {Statement: [{Effect: Allow, Action: "s3:*", Resource: !Ref Where}]}
Outputs:
  Same: {Value: !Ref Where}
"""


def nested(name="Child", url="child.yaml", parameters="", more=""):
    given = f"      Parameters: {{{parameters}}}\n" if parameters else ""
    head = f"  {name}:\n    Type: AWS::CloudFormation::Stack\n{more}"
    return f"{head}    Properties:\n      TemplateURL: {url}\n{given}"


def load(text, **files):
    tree = {f"{name}.yaml".replace("__", "/"): value.encode() for name, value in files.items()}
    tree["root.yaml"] = text.encode()
    root = Root("cloudformation", "root.yaml")
    return cloudformation.load(root, MemoryTree(tree), Config())


def resource(project, address):
    (found,) = [p for p in project.policies if p.address == address]
    (statement,) = plain(found.value)["Statement"]
    return statement["Resource"]


def held(project, address):
    (found,) = [p for p in project.principals if p.address == address]
    return [a.policy.address for a in found.attachments]


def problems(project):
    return [(d.severity, d.code, d.span.path) for d in project.diagnostics]


def test_a_role_of_the_parent_holds_the_policy_of_the_child():
    project = load("Resources:" + ROLE + nested(parameters="Role: !Ref Role"), child=CHILD)
    assert held(project, "Role") == ["Child/Grant"]
    assert project.files == ("root.yaml", "child.yaml")
    assert problems(project) == []
    assert project.not_in_view == ()


@pytest.mark.parametrize(
    ("parameters", "value"),
    [
        ("Role: r", "default"),
        ("Role: r, Where: given", "given"),
        ("Role: r, Where: 5", "5"),
        ("Role: r, Where: !Ref P", "of the root"),
        ("Role: r, Where: !Sub 'x/${P}'", "x/of the root"),
        ("Role: r, Where: !Ref AWS::NoValue", "default"),
        ("Role: r, Where: !If [Never, a, !Ref AWS::NoValue]", "default"),
        ("Role: r, Where: !GetAtt Nowhere.Arn", "${Nowhere.Arn}"),
        ("'Fn::If': [Never, {Where: a}, {Where: b}]", "${Where}"),
    ],
)
def test_parameters_are_evaluated_in_the_parent(parameters, value):
    text = """
Parameters:
  P: {Type: String, Default: of the root}
Conditions:
  Never: !Equals [a, b]
Resources:
"""
    project = load(text + nested(parameters=parameters), child=CHILD)
    assert resource(project, "Child/Grant") == value


def test_what_the_root_is_given_is_told_of_the_child_and_its_own_defaults_are_not():
    text = "Parameters:\n  P: {Type: String, Default: x}\nResources:\n"
    project = load(text + nested(parameters="Role: !Ref P"), child=CHILD)
    (grant,) = project.policies
    assert [(use.name, use.text) for use in grant.rests_on] == [("P", "x")]


def test_outputs_come_back_to_the_parent():
    text = (
        "Resources:"
        + nested(parameters="Role: r, Where: there").replace("  Child", "\n  Child", 1)
        + """
  Use:
    Type: AWS::IAM::RolePolicy
    Properties:
      RoleName: r
      PolicyName: y
      PolicyDocument:
        Statement:
          - {Effect: Allow, Action: "s3:*", Resource: [OUT]}
"""
    )
    for expression, value in (
        ("!GetAtt Child.Outputs.Same", "there"),
        ("!Sub '${Child.Outputs.Same}/*'", "there/*"),
        ("{'Fn::GetAtt': [Child, Outputs.Same]}", "there"),
        ("!GetAtt Child.Outputs.None", "${Child.Outputs.None}"),
    ):
        project = load(text.replace("OUT", expression), child=CHILD)
        assert resource(project, "Use") == [value]


def test_a_template_used_twice_is_evaluated_for_each_use():
    text = (
        "Resources:\n"
        + nested("A", parameters="Role: r, Where: a")
        + nested("B", parameters="Role: r, Where: b")
    )
    project = load(text, child=CHILD)
    assert resource(project, "A/Grant") == "a"
    assert resource(project, "B/Grant") == "b"


def test_stacks_nest_to_any_depth_and_find_paths_from_their_own_folders():
    middle = (
        "Parameters:\n  P: {Type: String}\nResources:\n"
        + nested("Low", "../low/child.yaml", "Role: r, Where: !Sub '${P}/b'")
        + "Outputs:\n  Out: {Value: !GetAtt Low.Outputs.Same}\n"
    )
    text = (
        "Resources:\n"
        + nested("Mid", "mid/m.yaml", "P: a")
        + nested("Last", "low/child.yaml", "Role: r, Where: !GetAtt Mid.Outputs.Out")
    )
    project = load(text, mid__m=middle, low__child=CHILD)
    assert resource(project, "Mid/Low/Grant") == "a/b"
    assert resource(project, "Last/Grant") == "a/b"
    assert project.files == ("root.yaml", "mid/m.yaml", "low/child.yaml")


def test_the_condition_of_a_nested_stack_guards_all_inside():
    text = """
Parameters:
  Env: {Type: String, AllowedValues: [dev, prod]}
Conditions:
  IsProd: !Equals [!Ref Env, prod]
Resources:
"""
    project = load(text + nested(parameters="Role: r", more="    Condition: IsProd\n"), child=CHILD)
    (grant,) = project.policies
    (statement,) = grant.document.statements
    assert len(statement.when) == 1


def test_a_nested_stack_that_never_exists_is_not_read():
    text = "Conditions:\n  Never: !Equals [a, b]\nResources:\n"
    project = load(text + nested(more="    Condition: Never\n"), child=CHILD)
    assert project.policies == ()
    assert project.files == ("root.yaml",)


def test_a_stack_in_a_circle_is_an_error_and_the_rest_is_read():
    text = "Resources:\n" + nested(parameters="Role: r")
    child = CHILD.replace("Resources:", "Resources:\n" + nested("Back", "root.yaml"))
    project = load(text, child=child)
    assert ("error", "nesting-cycle", "child.yaml") in problems(project)
    assert resource(project, "Child/Grant") == "default"


def test_values_that_wait_for_each_other_are_not_known():
    child = "Parameters:\n  P: {Type: String}\nResources:\n  T: {Type: 'AWS::SNS::Topic'}\n"
    child += "Outputs:\n  Out: {Value: !Ref P}\n"
    text = (
        "Resources:\n"
        + nested("A", parameters="P: !GetAtt B.Outputs.Out")
        + nested("B", parameters="P: !GetAtt A.Outputs.Out")
        + nested("C", "leaf.yaml", "Role: r, Where: !GetAtt A.Outputs.Out")
    )
    project = load(text, child=child, leaf=CHILD)
    assert resource(project, "C/Grant").startswith("${")


def test_a_long_chain_of_stacks_ends_in_what_is_not_known():
    child = "Parameters:\n  P: {Type: String}\nResources:\n  T: {Type: 'AWS::SNS::Topic'}\n"
    child += "Outputs:\n  Out: {Value: !Sub '${P}${P}'}\n"
    text = "Resources:\n" + nested("S0", parameters="P: x")
    for number in range(1, 200):
        text += nested(f"S{number}", parameters=f"P: !GetAtt S{number - 1}.Outputs.Out")
    text += nested("Last", "leaf.yaml", "Role: r, Where: !GetAtt S199.Outputs.Out")
    project = load(text, child=child, leaf=CHILD)
    assert resource(project, "Last/Grant").startswith("${")


def test_a_tree_of_stacks_that_grows_without_end_is_cut():
    files = {}
    for level in range(30):
        below = "".join(nested(f"S{n}", f"l{level + 1}.yaml") for n in range(4))
        files[f"l{level}"] = "Resources:\n" + below
    project = load("Resources:\n" + nested(url="l0.yaml"), **files, l30=CHILD)
    assert [p for p in problems(project) if p[1] == "too-many-stacks"]
    assert len(problems(project)) == 1


def test_resources_of_nested_stacks_are_counted():
    leaf = "Resources:\n" + "".join(f"  T{n}: {{Type: 'AWS::SNS::Topic'}}\n" for n in range(500))
    text = "Resources:\n" + "".join(nested(f"S{n}", "leaf.yaml") for n in range(30))
    assert [p[1] for p in problems(load(text, leaf=leaf))] == ["too-many-stacks"]


@pytest.mark.parametrize(
    ("url", "message"),
    [
        (
            "https://s3.amazonaws.com/b/other.yaml",
            "the nested stack Child is not evaluated: its TemplateURL is not a path in the scanned tree",
        ),
        (
            "HTTP://169.254.169.254/latest",
            "the nested stack Child is not evaluated: its TemplateURL is not a path in the scanned tree",
        ),
        (
            "!Ref AWS::Region",
            "the nested stack Child is not evaluated: its TemplateURL is not a path in the scanned tree",
        ),
        (
            "../../etc/passwd",
            (
                "the nested stack Child is not evaluated: its TemplateURL '../../etc/passwd' lies"
                " outside the scanned tree"
            ),
        ),
        (
            "/etc/passwd",
            (
                "the nested stack Child is not evaluated: its TemplateURL '/etc/passwd' lies"
                " outside the scanned tree"
            ),
        ),
        (
            '"a\\0b"',
            (
                "the nested stack Child is not evaluated: its TemplateURL 'a\\x00b' lies outside the"
                " scanned tree"
            ),
        ),
        (
            "gone.yaml",
            (
                "the nested stack Child is not evaluated: its TemplateURL 'gone.yaml' is no file of"
                " the scanned tree"
            ),
        ),
    ],
)
def test_what_is_elsewhere_is_listed_and_never_fetched(url, message):
    project = load("Resources:\n" + nested(url=url), child=CHILD)
    (unseen,) = project.not_in_view
    assert (unseen.kind, unseen.message) == ("nested-stack", message)
    assert unseen.remedy == "check its template by itself"
    assert problems(project) == []


@pytest.mark.parametrize(
    ("url", "likely"),
    [
        ("https://b.s3.amazonaws.com/v1/child.yaml", "child.yaml"),
        (
            "!Sub 'https://${Bucket}.s3.amazonaws.com/${Key}/templates/deep.yaml'",
            "templates/deep.yaml",
        ),
        ("!Join [/, [!Ref Base, templates, deep.yaml]]", "templates/deep.yaml"),
        ("https://b/x/templates/child.yaml", "child.yaml"),
        ("https://b/nothing.yaml", None),
    ],
)
def test_the_likely_file_of_an_address_is_named(url, likely):
    text = "Parameters:\n  Bucket: {Type: String}\n  Key: {Type: String}\n  Base: {Type: String}\n"
    project = load(text + "Resources:\n" + nested(url=url), child=CHILD, templates__deep=CHILD)
    (unseen,) = project.not_in_view
    assert (f"if it is {likely!r}" in unseen.remedy) == (likely is not None)


@pytest.mark.parametrize(
    ("child", "code"),
    [
        ("Resources: [", "yaml-syntax"),
        ("hello: world", "not-a-template"),
        ("", "not-a-template"),
        (CHILD + "Outputs: {}\n", "duplicate-key"),
    ],
)
def test_a_broken_nested_template_is_an_error_and_its_outputs_are_not_known(child, code):
    text = (
        "Resources:\n"
        + nested()
        + nested("Ok", "ok.yaml", "Role: r, Where: !GetAtt Child.Outputs.X")
    )
    project = load(text, child=child, ok=CHILD)
    assert ("error", code, "child.yaml") in problems(project)
    assert resource(project, "Ok/Grant") == "${Child.Outputs.X}"
    assert "child.yaml" in project.files


def test_a_parameter_that_the_nested_template_does_not_declare_is_told():
    project = load("Resources:\n" + nested(parameters="Role: r, Nope: x"), child=CHILD)
    assert problems(project) == [("warning", "undeclared-parameter", "root.yaml")]


def test_a_loop_in_a_nested_stack_runs_over_what_it_is_given():
    child = """
Transform: AWS::LanguageExtensions
Parameters:
  Names: {Type: CommaDelimitedList}
Resources:
  Fn::ForEach::Grants:
    - Name
    - !Ref Names
    - Grant${Name}:
        Type: AWS::IAM::RolePolicy
        Properties:
          RoleName: !Ref Name
          PolicyName: x
          PolicyDocument: {Statement: [{Effect: Allow, Action: "s3:*", Resource: !Ref Name}]}
"""
    text = "Parameters:\n  P: {Type: String, Default: 'a,b'}\nResources:\n"
    text += nested("One", parameters="Names: !Ref P") + nested("Two", parameters="Names: c")
    project = load(text, child=child)
    found = {p.address: resource(project, p.address) for p in project.policies}
    assert found == {"One/Granta": "a", "One/Grantb": "b", "Two/Grantc": "c"}
    assert project.not_in_view == ()


def test_an_application_of_sam_nests_like_a_stack():
    text = """
Resources:
  App:
    Type: AWS::Serverless::Application
    Properties:
      Location: child.yaml
      Parameters: {Role: r, Where: x}
  Bought:
    Type: AWS::Serverless::Application
    Properties:
      Location: {ApplicationId: arn, SemanticVersion: 1.0.0}
"""
    project = load(text, child=CHILD)
    assert resource(project, "App/Grant") == "x"
    (unseen,) = project.not_in_view
    assert unseen.remedy == "check the template of the application by itself"


SET = """
Resources:
  Set:
    Type: AWS::CloudFormation::StackSet
    Properties:
      StackSetName: set
      PermissionModel: SELF_MANAGED
      Parameters:
        - {ParameterKey: Role, ParameterValue: shared}
        - {ParameterKey: Where, ParameterValue: !Ref AWS::Region}
BODY
  Role:
    Type: AWS::IAM::Role
    Properties:
      RoleName: shared
      AssumeRolePolicyDocument: {Statement: []}
"""


def indented(text):
    return "".join(f"        {line}\n" for line in text.splitlines())


@pytest.mark.parametrize(
    "body",
    [
        "      TemplateURL: child.yaml",
        "      TemplateBody: |\n" + indented(CHILD),
        "      TemplateBody:\n" + indented(CHILD),
    ],
)
def test_a_stack_set_deploys_to_accounts_of_its_own(body):
    project = load(SET.replace("BODY", body), child=CHILD)
    assert resource(project, "Set/Grant") == "${AWS::Region}"
    # A role of the same name in the account of the stack is another one.
    assert held(project, "Role") == []


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_places_in_a_written_template_are_those_of_the_file(ending):
    child = CHILD.replace('"s3:*"', '"s3:Get*"').replace("Grant:", "Grant: # für Ärger ✓")
    text = SET.replace("BODY", "      TemplateBody: |\n" + indented(child)).replace("\n", ending)
    project = load(text)
    (grant,) = [p for p in project.policies if p.address == "Set/Grant"]
    (statement,) = grant.document.statements
    (glob,) = statement.actions.globs
    (segment,) = glob.origin.pieces[0].segments
    assert text.encode()[segment.span.start : segment.span.end] == b"s3:Get*"


def test_a_body_that_is_no_template_is_listed():
    project = load(SET.replace("BODY", "      TemplateBody: hello"))
    assert [n.kind for n in project.not_in_view][:1] == ["nested-stack"]


def test_a_broken_body_is_an_error():
    project = load(SET.replace("BODY", "      TemplateBody: '{'"))
    assert [p[:2] for p in problems(project)] == [("error", "json-syntax")]
