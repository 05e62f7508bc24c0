"""Names, ids and ARNs that AWS computes are spelled as far as they are known."""

from decimal import Decimal
from typing import Literal

import pytest

from leastwise.frontends.terraform.attributes.attribute import text_of
from leastwise.frontends.terraform.attributes.computed import computed_attribute
from leastwise.frontends.terraform.attributes.environment import bind_accounts, environment_symbol
from leastwise.frontends.terraform.model import Body, Evaluated, Instance
from leastwise.iam.project import Occurrence
from leastwise.source.span import Span
from leastwise.source.text import display, glob_of, literal_text
from leastwise.source.value import (
    Assumption,
    Choice,
    Encoded,
    Mapping,
    Scalar,
    Sequence,
    Symbol,
    Text,
    Unknown,
    Value,
)

HERE = Span("main.tf", 0, 0)
P = "${data.aws_partition.partition}"
R = "${data.aws_region.name}"
A = "${data.aws_caller_identity.account_id}"


def body(**attributes: str | Value) -> Body:
    values = {k: literal_text(v) if isinstance(v, str) else v for k, v in attributes.items()}
    return Body(values, (), HERE)


def ask(
    kind: str, attribute: str, its: Body, mode: Literal["managed", "data"] = "managed"
) -> Value:
    address = f"module.app.{kind}.x" if mode == "managed" else f"module.app.data.{kind}.x"
    return computed_attribute(
        kind,
        its,
        attribute,
        scope="infra|module.app",
        address=address,
        provider="aws",
        mode=mode,
    )


def spelled(value: Value) -> str:
    assert isinstance(value, Text | Unknown)
    return display(Text((value.symbol,)) if isinstance(value, Unknown) else value)


MANAGED = [
    ("aws_iam_role", "arn", body(name="ci"), f"arn:{P}:iam::{A}:role/ci"),
    ("aws_iam_role", "arn", body(name="ci", path="/a/b/"), f"arn:{P}:iam::{A}:role/a/b/ci"),
    ("aws_iam_role", "id", body(name="ci"), "ci"),
    ("aws_iam_role", "name", body(name=Scalar(None)), "${module.app.aws_iam_role.x.name}"),
    ("aws_iam_user", "arn", body(name="u"), f"arn:{P}:iam::{A}:user/u"),
    ("aws_iam_group", "id", body(name="g"), "g"),
    ("aws_iam_policy", "id", body(name="p"), f"arn:{P}:iam::{A}:policy/p"),
    (
        "aws_iam_policy",
        "arn",
        body(name_prefix="p-"),
        f"arn:{P}:iam::{A}:policy/p-${{module.app.aws_iam_policy.x.name#generated}}",
    ),
    ("aws_iam_instance_profile", "arn", body(name="i"), f"arn:{P}:iam::{A}:instance-profile/i"),
    ("aws_s3_bucket", "arn", body(bucket="b"), f"arn:{P}:s3:::b"),
    ("aws_sqs_queue", "arn", body(name="q"), f"arn:{P}:sqs:{R}:{A}:q"),
    ("aws_sqs_queue", "arn", body(name="q", region="eu-west-1"), f"arn:{P}:sqs:eu-west-1:{A}:q"),
    ("aws_lambda_function", "id", body(function_name="f"), "f"),
    ("aws_dynamodb_table", "arn", body(name="t"), f"arn:{P}:dynamodb:{R}:{A}:table/t"),
    (
        "aws_kms_key",
        "arn",
        body(),
        f"arn:{P}:kms:{R}:{A}:key/${{module.app.aws_kms_key.x.key_id}}",
    ),
    ("aws_kms_key", "id", body(), "${module.app.aws_kms_key.x.key_id}"),
    ("aws_ssm_parameter", "arn", body(name="/a/b"), f"arn:{P}:ssm:{R}:{A}:parameter/a/b"),
    ("aws_ssm_parameter", "arn", body(name="b"), f"arn:{P}:ssm:{R}:{A}:parameter/b"),
    ("aws_sfn_state_machine", "id", body(name="s"), f"arn:{P}:states:{R}:{A}:stateMachine:s"),
    (
        "aws_iam_openid_connect_provider",
        "arn",
        body(url="https://token.actions.githubusercontent.com"),
        f"arn:{P}:iam::{A}:oidc-provider/token.actions.githubusercontent.com",
    ),
    ("aws_vpc", "id", body(), "${module.app.aws_vpc.x.id}"),
]


@pytest.mark.parametrize(("kind", "attribute", "its", "expected"), MANAGED)
def test_a_resource_spells_its_attributes(
    kind: str, attribute: str, its: Body, expected: str
) -> None:
    assert spelled(ask(kind, attribute, its)) == expected


DATA = [
    ("aws_caller_identity", "account_id", body(), A),
    (
        "aws_caller_identity",
        "arn",
        body(),
        (
            f"arn:{P}:${{module.app.data.aws_caller_identity.x.arn#service}}::{A}"
            ":${module.app.data.aws_caller_identity.x.arn#identity}"
        ),
    ),
    ("aws_partition", "partition", body(), P),
    ("aws_partition", "dns_suffix", body(), "${data.aws_partition.dns_suffix}"),
    ("aws_region", "name", body(), R),
    ("aws_region", "id", body(name="eu-west-1"), "eu-west-1"),
    ("aws_iam_policy", "arn", body(arn="arn:aws:iam::aws:policy/X"), "arn:aws:iam::aws:policy/X"),
    (
        "aws_iam_policy",
        "arn",
        body(name="AdministratorAccess"),
        f"arn:{P}:iam::aws:policy/AdministratorAccess",
    ),
    (
        "aws_iam_policy",
        "arn",
        body(name="ViewOnlyAccess"),
        f"arn:{P}:iam::aws:policy/job-function/ViewOnlyAccess",
    ),
    (
        "aws_iam_role",
        "arn",
        body(name="ci"),
        f"arn:{P}:iam::{A}:role${{module.app.data.aws_iam_role.x.arn#path}}ci",
    ),
]


@pytest.mark.parametrize(("kind", "attribute", "its", "expected"), DATA)
def test_a_data_source_spells_its_attributes(
    kind: str, attribute: str, its: Body, expected: str
) -> None:
    assert spelled(ask(kind, attribute, its, "data")) == expected


GLOBS = [
    ("aws_kms_key", "arn", body(), "arn:aws*:kms:*:*:key/*"),
    (
        "aws_secretsmanager_secret",
        "arn",
        body(name="s"),
        "arn:aws*:secretsmanager:*:*:secret:s-??????",
    ),
    ("aws_iam_role", "name", body(), "terraform-*"),
    ("aws_iam_role", "unique_id", body(), "AROA*"),
    (
        "aws_ssm_parameter",
        "arn",
        body(name=Unknown(Symbol("v", "var.n"))),
        "arn:aws*:ssm:*:*:parameter/*",
    ),
]


@pytest.mark.parametrize(("kind", "attribute", "its", "expected"), GLOBS)
def test_what_is_not_known_has_a_glob(kind: str, attribute: str, its: Body, expected: str) -> None:
    value = ask(kind, attribute, its)
    text = Text((value.symbol,)) if isinstance(value, Unknown) else value
    assert isinstance(text, Text)
    assert glob_of(text) == expected


def test_symbols_of_one_root_and_provider_are_equal() -> None:
    account = ask("aws_caller_identity", "account_id", body(), "data")
    assert isinstance(account, Unknown)
    assert account.symbol == Symbol("infra|aws|account", "")
    assert account.symbol.environment
    role = ask("aws_iam_role", "arn", body(name="ci"))
    assert isinstance(role, Text)
    assert account.symbol in role.pieces


def test_a_choice_of_names_is_the_same_symbol_in_every_use() -> None:
    def choice() -> Choice:
        outcomes = (Assumption("infra|var.x", "true", ""), Assumption("infra|var.x", "false", ""))
        return Choice(tuple(zip(outcomes, map(literal_text, "ab"), strict=True)))

    assert ask("aws_iam_role", "arn", body(name=choice())) == ask(
        "aws_iam_role", "arn", body(name=choice())
    )


def instance(its: Body) -> Instance:
    return Instance(
        "aws_iam_role.x",
        "managed",
        "aws_iam_role",
        "x",
        its,
        "infra",
        "aws",
        Occurrence(None, None),
    )


def test_a_known_account_takes_the_place_of_its_symbol_everywhere() -> None:
    symbol = environment_symbol("account", scope="infra|module.app", provider="aws")
    other = environment_symbol("account", scope="infra", provider="aws.b")
    document = Mapping(((literal_text("x"), Text((symbol, other))),))
    untouched = Sequence((literal_text("y"),))
    its = Body(
        {"a": Text((Encoded(document),)), "b": Unknown(symbol), "c": untouched},
        (("inner", body(d=Sequence((Text((symbol,)),)))),),
        HERE,
    )
    bound = bind_accounts(Evaluated((instance(its),), accounts={"aws": "111122223333"}))
    (found,) = bound.instances
    expected = Mapping(((literal_text("x"), Text((*literal_text("111122223333").pieces, other))),))
    assert found.body.attributes["a"] == Text((Encoded(expected),))
    assert found.body.attributes["b"] == literal_text("111122223333")
    assert found.body.attributes["c"] is untouched
    assert found.body.blocks[0][1].attributes["d"] == Sequence((literal_text("111122223333"),))


def test_without_a_known_account_nothing_is_rebuilt() -> None:
    evaluated = Evaluated((instance(body(a="x")),))
    assert bind_accounts(evaluated) is evaluated


@pytest.mark.parametrize(
    ("number", "expected"), [("1.50", "1.5"), ("1E+3", "1000"), ("-0.0", "-0")]
)
def test_a_number_is_used_as_the_string_that_terraform_makes(number: str, expected: str) -> None:
    found = text_of(Scalar(Decimal(number)))
    assert found is not None
    assert found.literal == expected
