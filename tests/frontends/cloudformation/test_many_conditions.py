"""Access must not hide behind more conditions than are followed one by one."""

import pytest

from leastwise.cli.main import main

ADMIN = '{Effect: Allow, Action: "*", Resource: "*"}'
DENY = '{Effect: Deny, Action: "*", Resource: "*"}'


def template(number, statements):
    names = range(number)
    parameters = "".join(f"  P{i}: {{Type: String}}\n" for i in names)
    conditions = "".join(f"  C{i}: !Equals [!Ref P{i}, a]\n" for i in names)
    rows = [statements.replace("C", f"C{i}", 1) for i in names]
    return (
        "AWSTemplateFormatVersion: 2010-09-09\n"
        f"Parameters:\n{parameters}Conditions:\n{conditions}"
        "Resources:\n  App:\n    Type: AWS::IAM::Role\n    Properties:\n"
        "      AssumeRolePolicyDocument: {Version: 2012-10-17, Statement: []}\n"
        "      Policies:\n        - PolicyName: p\n"
        "          PolicyDocument:\n            Version: 2012-10-17\n"
        f"            Statement: [{ADMIN}, {', '.join(rows)}]\n"
    )


@pytest.mark.parametrize("number", [2, 5, 9])
def test_a_deny_under_many_conditions_silences_nothing(number, tmp_path, monkeypatch, capsys):
    (tmp_path / "t.yaml").write_text(template(number, f"!If [C, {DENY}, !Ref AWS::NoValue]"))
    monkeypatch.chdir(tmp_path)
    main(["check", "--fail-on", "warning", "t.yaml"])
    assert "warning[wildcard/admin] Role App may call every action" in capsys.readouterr().out
