"""Which credentials a template makes, and which outputs show one."""

from tests.frontends.cloudformation.loaded import load

HEAD = """\
AWSTemplateFormatVersion: '2010-09-09'
Parameters:
  Plain: {Type: String, Default: correct-horse}
  Hidden: {Type: String, NoEcho: true}
  Leaky: {Type: String, NoEcho: true, Default: correct-horse}
Conditions: {Never: !Equals [a, b]}
Resources:
  Ci: {Type: AWS::IAM::User, Properties: {UserName: ci}}
  Key: {Type: AWS::IAM::AccessKey, Properties: {UserName: !Ref Ci}}
"""


def kinds(resources="", outputs=""):
    text = HEAD + resources + (f"Outputs:\n{outputs}" if outputs else "")
    found = load(text).credentials
    return [(c.kind, c.address, str(c.user), c.shown_as) for c in found][1:]


def login(password):
    profile = f"LoginProfile: {{Password: {password}}}"
    return f"  Ana: {{Type: AWS::IAM::User, Properties: {{UserName: ana, {profile}}}}}\n"


def test_a_password_is_told_by_where_it_stands():
    assert kinds(login("abc")) == [("password", "Ana", "ana", "Password")]
    assert kinds(login("!Ref Hidden")) == [("password", "Ana", "ana", "")]
    assert kinds(login("'{{resolve:ssm-secure:p:1}}'")) == [("password", "Ana", "ana", "")]
    for name in ("Plain", "Leaky"):
        assert kinds(login(f"!Ref {name}")) == [("parameter", name, "ana", "Default")]


def test_the_place_of_a_password_is_not_the_password():
    for password in ("correct-horse", "!Ref Leaky"):
        text = HEAD + login(password)
        span = load(text).credentials[1].span
        assert "correct-horse" not in text.encode()[span.start : span.end].decode()


def test_outputs_show_the_secret_in_any_form():
    for value in (
        "!GetAtt Key.SecretAccessKey",
        "!Sub '${Key}:${Key.SecretAccessKey}'",
        "!Join [':', [!Ref Key, !GetAtt Key.SecretAccessKey]]",
    ):
        found = kinds(outputs=f"  Out: {{Value: {value}}}\n")
        assert found == [("output", "Outputs.Out", "ci", "Key.SecretAccessKey")], value


def test_outputs_of_something_else_or_that_never_are_show_nothing():
    assert kinds(outputs="  Id: {Value: !Ref Key}\n  User: {Value: !GetAtt Ci.Arn}\n") == []
    hidden = "  Out: {Condition: Never, Value: !GetAtt Key.SecretAccessKey}\n"
    assert kinds(outputs=hidden) == []
