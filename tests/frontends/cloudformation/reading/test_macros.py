"""What a macro may change is not known, so that nothing is proved of it."""

import pytest

from leastwise.config.model import Config
from leastwise.frontends import cloudformation
from leastwise.iam.policy import Pattern
from leastwise.iam.project import Root
from leastwise.semantics.access import allows
from leastwise.semantics.effective import access_of
from leastwise.semantics.model import RequestPattern
from leastwise.source.tree import MemoryTree

MACRO = "Fn::Transform: {Name: Grant}"
TRUST = "AssumeRolePolicyDocument: {Version: 2012-10-17, Statement: []}"
GET = 'Effect: Allow, Action: "s3:GetObject", Resource: "arn:aws:s3:::own/*"'
DENY = 'Effect: Deny, Action: "*", Resource: "*"'


def document(*statements):
    return f"{{Version: 2012-10-17, Statement: [{', '.join(statements)}]}}"


def policies(found):
    return f"Policies: [{{PolicyName: p, PolicyDocument: {found}}}]"


def role(*lines, top="", beside=""):
    found = "".join(f"      {line}\n" for line in (TRUST, *lines))
    return (
        f"AWSTemplateFormatVersion: 2010-09-09\nParameters: {{P: {{Type: String}}}}\n{top}"
        f"Resources:\n  App:\n    Type: AWS::IAM::Role\n{beside}    Properties:\n{found}"
    )


PLACES = [
    role("Policies: [!Ref P]"),
    role(f"Policies: [{{{MACRO}}}]"),
    role(MACRO),
    role(beside=f"    {MACRO}\n"),
    role(top="Transform: Grant\n"),
    role() + f"  {MACRO}\n",
    role(policies(document(f"{{{GET}, {MACRO}}}"))),
    role(policies(document(f"{{{GET}}}")[:-1] + f", {MACRO}}}")),
    role(f"Policies: [{{PolicyName: p, PolicyDocument: {document(f'{{{DENY}}}')}, {MACRO}}}]"),
    role(policies(document(f"{{{DENY}}}")), top="Transform: [Grant]\n"),
]


def load(text):
    tree = MemoryTree({"t.yaml": text.encode()})
    return cloudformation.load(Root("cloudformation", "t.yaml"), tree, Config())


def can_put(text):
    (app,) = load(text).principals
    asked = RequestPattern(("s3:PutObject",), (Pattern(("arn:aws:s3:::data/x",)),))
    return allows(access_of(app), asked).certainty


@pytest.mark.parametrize("text", PLACES)
def test_what_a_macro_may_add_is_possible(text):
    assert can_put(text) == "possible"


def test_without_macros_nothing_else_is_allowed():
    assert can_put(role(policies(document(f"{{{GET}}}")))) == "no"
    harmless = role(policies(document(f"{{{GET}}}")), top="Transform: AWS::LanguageExtensions\n")
    assert can_put(harmless) == "no"


def test_what_is_written_beside_a_macro_is_found_all_the_same():
    (statement,) = [
        s
        for p in load(role(policies(document(f"{{{GET}}}")), MACRO)).policies
        for s in p.document.statements
        if p.kind == "identity"
    ]
    assert (statement.effect, statement.when) == ("Allow", ())


@pytest.mark.parametrize(
    ("call", "told"),
    [
        ("{Name: Date}", "the macro 'Date' is not run, it may change what this template grants"),
        ("[{Name: Date}]", "the macro 'Date' is not run, it may change what this template grants"),
        ("{Name: !Ref P}", "a macro is not run, it may change what this template grants"),
    ],
)
def test_a_macro_that_is_called_is_told_by_its_name(call, told):
    text = role(f"Description: {{'Fn::Transform': {call}}}")
    tree = MemoryTree({"t.yaml": text.encode()})
    project = cloudformation.load(Root("cloudformation", "t.yaml"), tree, Config())
    assert [d.message for d in project.diagnostics if d.code == "macro"] == [told]
