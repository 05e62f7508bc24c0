"""The region, partition and account of each provider configuration reach what is built from them."""

import pytest

from leastwise.source.text import display
from leastwise.source.value import Choice, Sequence, Text, Unknown, Value

QUEUE = 'resource "aws_sqs_queue" "q" {\n  name = "q"\n}\n'
ENVIRONMENT = """
data "aws_region" "r" {}
data "aws_partition" "p" {}
data "aws_caller_identity" "c" {}
"""
P = "${data.aws_partition.partition}"
R = "${data.aws_region.name}"
A = "${data.aws_caller_identity.account_id}"


def spell(found: Value) -> object:
    match found:
        case Text():
            return display(found)
        case Unknown():
            return "${" + found.symbol.reference + "}"
        case Sequence():
            return [spell(item) for item in found.items]
        case Choice():
            return {a.text: spell(v) for a, v in found.alternatives}
        case _:
            return found


def output(evaluate, files, expression: str, at: str = "t.x") -> object:
    held = {"main.tf": files} if isinstance(files, str) else dict(files)
    held["out.tf"] = f'resource "t" "x" {{\n  v = {expression}\n}}\n'
    evaluated = evaluate(held)
    (found,) = [i for i in evaluated.instances if i.address == at]
    return spell(found.body.attributes["v"])


def aws(text: str) -> str:
    return f'provider "aws" {{\n{text}\n}}\n'


# What the provider block says, an expression, and its value.
BOUND = [
    ("", "aws_sqs_queue.q.arn", f"arn:{P}:sqs:{R}:{A}:q"),
    ('region = "eu-west-1"', "aws_sqs_queue.q.arn", f"arn:aws:sqs:eu-west-1:{A}:q"),
    ('region = "cn-north-1"', "aws_sqs_queue.q.arn", f"arn:aws-cn:sqs:cn-north-1:{A}:q"),
    ('region = "us-gov-west-1"', "data.aws_partition.p.partition", "aws-us-gov"),
    ('region = "cn-north-1"', "data.aws_partition.p.dns_suffix", "amazonaws.com.cn"),
    ('region = "us-east-1"', "data.aws_partition.p.reverse_dns_prefix", "com.amazonaws"),
    ('region = "eu-west-1"', "data.aws_region.r.name", "eu-west-1"),
    ('region = "eu-west-1"', "data.aws_region.r.region", "eu-west-1"),
    (
        'region = "eu-west-1"',
        '{ "eu-west-1" = "a", "us-east-1" = "b" }[data.aws_region.r.name]',
        "a",
    ),
    ('region = "eu-west-1"', 'data.aws_region.r.name == "eu-west-1" ? "yes" : "no"', "yes"),
    ("region = var.given", "data.aws_region.r.name", "eu-central-1"),
    ("region = var.open", "aws_sqs_queue.q.arn", f"arn:{P}:sqs:${{var.open}}:{A}:q"),
    ("region = local.here", "data.aws_region.r.id", "sa-east-1"),
    ("region = null", "data.aws_region.r.name", R),
    (
        'allowed_account_ids = ["111122223333"]',
        "data.aws_caller_identity.c.account_id",
        "111122223333",
    ),
    (
        'allowed_account_ids = ["111122223333", "444455556666"]',
        "data.aws_caller_identity.c.account_id",
        A,
    ),
    ("allowed_account_ids = [1]", "data.aws_caller_identity.c.account_id", A),
    (
        'assume_role {\nrole_arn = "arn:aws:iam::111122223333:role/r"\n}',
        "data.aws_caller_identity.c.id",
        "111122223333",
    ),
    (
        'assume_role {\nrole_arn = "arn:aws:iam::${var.number}:role/r"\n}',
        "data.aws_caller_identity.c.id",
        "444455556666",
    ),
    (
        'assume_role {\nrole_arn = "arn:aws:iam::${var.open}:role/r"\n}',
        "data.aws_caller_identity.c.id",
        A,
    ),
    (
        'assume_role {\nrole_arn = "arn:aws:iam::111122223333:role/r"\n}\nassume_role {\nrole_arn = "arn:aws:iam::444455556666:role/r"\n}',
        "data.aws_caller_identity.c.id",
        "444455556666",
    ),
    (
        'assume_role_with_web_identity {\nrole_arn = "arn:aws:iam::111122223333:role/r"\n}',
        "data.aws_caller_identity.c.id",
        "111122223333",
    ),
    ("region = data.aws_region.r.name", "data.aws_region.r.name", R),
]

VARIABLES = """
variable "given" { default = "eu-central-1" }
variable "number" { default = "444455556666" }
variable "open" {}
locals { here = "sa-east-1" }
"""


@pytest.mark.parametrize(("block", "expression", "expected"), BOUND)
def test_a_provider_block_says_where_its_resources_are(
    evaluate, block: str, expression: str, expected: str
) -> None:
    text = QUEUE + ENVIRONMENT + VARIABLES + (aws(block) if block else "")
    assert output(evaluate, text, expression) == expected


TWO = aws('region = "eu-west-1"') + aws(
    'alias = "us"\nregion = "us-east-1"\nallowed_account_ids = ["444455556666"]'
)


def test_each_alias_has_its_own_region_and_account(evaluate) -> None:
    text = TWO + 'resource "aws_sqs_queue" "q" {\n  provider = aws.us\n  name = "q"\n}\n'
    assert output(evaluate, text, "aws_sqs_queue.q.arn") == "arn:aws:sqs:us-east-1:444455556666:q"


def test_one_of_several_configurations_is_no_other(evaluate) -> None:
    text = TWO + 'resource "aws_sqs_queue" "q" {\n  provider = aws.all["us"]\n  name = "q"\n}\n'
    assert output(evaluate, text, "aws_sqs_queue.q.arn") == f"arn:{P}:sqs:{R}:{A}:q"


def test_a_region_from_tfvars_binds(evaluate) -> None:
    files = {
        "main.tf": 'variable "r" {}\n' + aws("region = var.r") + QUEUE,
        "terraform.tfvars": 'r = "eu-north-1"\n',
    }
    assert output(evaluate, files, "aws_sqs_queue.q.arn") == f"arn:aws:sqs:eu-north-1:{A}:q"


PASSED = [
    ("", "eu-west-1", A),
    ("providers = { aws = aws.us }", "us-east-1", "444455556666"),
    ("providers = { aws.other = aws.us }", "eu-west-1", A),
]


@pytest.mark.parametrize(("argument", "region", "account"), PASSED)
def test_a_module_has_the_providers_that_it_is_given(
    evaluate, argument: str, region: str, account: str
) -> None:
    files = {
        "main.tf": TWO + f'module "m" {{\n  source = "./m"\n  {argument}\n}}\n',
        "m/main.tf": QUEUE + 'output "arn" {\n  value = aws_sqs_queue.q.arn\n}\n',
    }
    assert output(evaluate, files, "module.m.arn") == f"arn:aws:sqs:{region}:{account}:q"


@pytest.mark.parametrize("proxy", ["", 'provider "aws" {\n  alias = "other"\n}\n'])
def test_an_alias_of_a_module_is_what_the_call_passes(evaluate, proxy: str) -> None:
    """With ``configuration_aliases``, or a block without content as older modules have it."""
    needs = 'terraform {\n  required_providers {\n    aws = { source = "hashicorp/aws", configuration_aliases = [aws.other] }\n  }\n}\n'
    files = {
        "main.tf": TWO
        + 'module "m" {\n  source = "./m"\n  providers = { aws.other = aws.us }\n}\n',
        "m/main.tf": (proxy or needs)
        + 'resource "aws_sqs_queue" "q" {\n  provider = aws.other\n  name = "q"\n}\n'
        + 'output "arn" {\n  value = aws_sqs_queue.q.arn\n}\n',
    }
    assert output(evaluate, files, "module.m.arn") == "arn:aws:sqs:us-east-1:444455556666:q"


def test_a_module_may_have_a_provider_of_its_own(evaluate) -> None:
    files = {
        "main.tf": TWO + 'module "m" {\n  source = "./m"\n}\n',
        "m/main.tf": aws('region = "ap-south-1"')
        + QUEUE
        + 'output "arn" {\n  value = aws_sqs_queue.q.arn\n}\n',
    }
    assert output(evaluate, files, "module.m.arn") == f"arn:aws:sqs:ap-south-1:{A}:q"


def test_two_accounts_that_are_not_known_differ(evaluate) -> None:
    text = 'provider "aws" {\n  alias = "b"\n}\ndata "aws_caller_identity" "a" {}\ndata "aws_caller_identity" "b" {\n  provider = aws.b\n}\n'
    held = {
        "main.tf": text,
        "out.tf": 'resource "t" "x" {\n  a = data.aws_caller_identity.a.account_id\n  b = data.aws_caller_identity.b.account_id\n}\n',
    }
    (found,) = [i for i in evaluate(held).instances if i.address == "t.x"]
    first, second = found.body.attributes["a"], found.body.attributes["b"]
    assert isinstance(first, Unknown)
    assert isinstance(second, Unknown)
    assert first.symbol.environment
    assert first.symbol != second.symbol


# Attributes of computed blocks and of resources with several instances.
REFERENCES = [
    (
        'resource "aws_eks_cluster" "c" {\n  name = "c"\n}',
        'replace(aws_eks_cluster.c.identity[0].oidc[0].issuer, "https://", "")',
        "oidc.eks.${data.aws_region.name}.${data.aws_partition.dns_suffix}/id/${aws_eks_cluster.c.identity[0].oidc[0].issuer#issuer}",
    ),
    (
        'resource "aws_rds_cluster" "c" {\n  cluster_identifier = "c"\n}',
        "aws_rds_cluster.c.master_user_secret[0].secret_arn",
        f"arn:{P}:secretsmanager:{R}:{A}:secret:${{aws_rds_cluster.c.master_user_secret[0].secret_arn#secret}}",
    ),
    (
        'resource "aws_rds_cluster" "c" {\n  cluster_identifier = "c"\n}',
        "aws_rds_cluster.c.master_user_secret[0].kms_key_id",
        "${aws_rds_cluster.c.master_user_secret[0].kms_key_id}",
    ),
    (
        'resource "aws_kms_key" "k" {\n  count = 2\n}',
        "aws_kms_key.k[*].key_id",
        ["${aws_kms_key.k[0].key_id}", "${aws_kms_key.k[1].key_id}"],
    ),
    (
        'resource "aws_secretsmanager_secret" "s" {\n  for_each = toset(["a"])\n  name = each.key\n}',
        'aws_secretsmanager_secret.s["a"].arn',
        f'arn:{P}:secretsmanager:{R}:{A}:secret:a-${{aws_secretsmanager_secret.s["a"].arn#suffix}}',
    ),
    (
        'resource "aws_iam_openid_connect_provider" "o" {\n  url = "https://a.example"\n}',
        '"${aws_iam_openid_connect_provider.o.url}:sub"',
        "a.example:sub",
    ),
    (
        'variable "x" {}\nresource "aws_iam_role" "r" {\n  name = var.x == "" ? null : "n"\n  name_prefix = var.x == "" ? "p-" : null\n}',
        "aws_iam_role.r.arn",
        {
            'var.x == "" is true': f"arn:{P}:iam::{A}:role/p-${{aws_iam_role.r.name#generated}}",
            'var.x == "" is false': f"arn:{P}:iam::{A}:role/n",
        },
    ),
    (
        'variable "k" {}\nresource "aws_sqs_queue" "q" {\n  for_each = var.k\n  name = each.key\n}\nvariable "one" {}',
        "aws_sqs_queue.q[var.one].arn",
        f"arn:{P}:sqs:{R}:{A}:${{var.one}}",
    ),
    (
        'variable "k" {}\nvariable "one" {}\nresource "aws_sqs_queue" "q" {\n  for_each = merge({ a = 1 }, var.k)\n  name = each.key\n}',
        "aws_sqs_queue.q[var.one].name",
        "${var.one}",
    ),
    (
        'variable "env" {}\nlocals { m = { a = "x", b = "y" } }',
        "local.m[var.env]",
        {"var.env is 'a'": "x", "var.env is 'b'": "y"},
    ),
    (
        'variable "env" {}\nlocals { m = { a = { arn = "x" } } }',
        "local.m[var.env].arn",
        "x",
    ),
    (
        'variable "l" {}\nlocals { m = merge({ a = { arn = "x" } }, var.l) }',
        "local.m[var.l.k].arn.more",
        "${local.m[var.l.k].arn.more}",
    ),
    (
        'module "m" {\n  source = "terraform-aws-modules/s3-bucket/aws"\n}',
        "module.m.out[0].arn",
        "${module.m.out[0].arn}",
    ),
]


@pytest.mark.parametrize(("text", "expression", "expected"), REFERENCES)
def test_a_reference_has_the_name_of_what_it_leads_to(
    evaluate, text: str, expression: str, expected: object
) -> None:
    assert output(evaluate, text + "\n", expression) == expected
