"""``data.aws_iam_policy_document`` spells the JSON text that the AWS provider spells.

Sources, named at each case: the documentation of the data source
(https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/iam_policy_document),
``policy_document_data_source.go`` and ``policy_model.go`` in ``internal/service/iam`` of the provider,
and the acceptance tests beside them (``TestAccIAMPolicyDocumentDataSource_*``).
"""

import json

import pytest

from leastwise.frontends.terraform.values.conversions import literal
from leastwise.source.value import Value

HEAD = '{\n  "Version": "2012-10-17",\n  "Statement": [\n'


def read(
    evaluate, body: str, rest: str = "", expression: str = "data.aws_iam_policy_document.p.json"
) -> Value:
    text = f'data "aws_iam_policy_document" "p" {{\n{body}\n}}\n{rest}\nresource "t" "x" {{\n  v = {expression}\n}}\n'
    evaluated = evaluate(text)
    (found,) = [i for i in evaluated.instances if i.address == "t.x"]
    return found.body.attributes["v"]


def document(*statements: dict[str, object], **top: object) -> dict[str, object]:
    return {"Version": "2012-10-17", **top} | (
        {"Statement": list(statements)} if statements else {}
    )


def allow(**elements: object) -> dict[str, object]:
    return {"Effect": "Allow", **elements}


def statement(text: str) -> str:
    return f"statement {{\n{text}\n}}"


ONE = 'actions = ["s3:GetObject"]\nresources = ["*"]'
GET = allow(Action="s3:GetObject", Resource="*")

# What is claimed and its source, the data source's body, the document in the order of its keys.
CASES = [
    # _basic
    (
        "sets are sorted backwards",
        statement('actions = ["s3:GetBucketLocation", "s3:ListAllMyBuckets"]\nresources = ["*"]'),
        document(allow(Action=["s3:ListAllMyBuckets", "s3:GetBucketLocation"], Resource="*")),
    ),
    ("one string is no list", statement(ONE), document(GET)),
    (
        "a string given twice is given once",
        statement('actions = ["s3:a", "s3:a"]\nresources = ["b", "a", "b"]'),
        document(allow(Action="s3:a", Resource=["b", "a"])),
    ),
    (
        "upper case sorts before lower case",
        statement('actions = ["a:B", "a:a", "A:c"]'),
        document(allow(Action=["a:a", "a:B", "A:c"])),
    ),
    (
        "Id stands between Version and Statement",
        'policy_id = "i"\n' + statement(ONE),
        document(GET, Id="i"),
    ),
    (
        "values of a condition keep their order, empty ones too",
        statement(
            ONE
            + '\ncondition {\ntest = "StringLike"\nvariable = "s3:prefix"\nvalues = ["home/", "", "home/&{aws:username}/"]\n}'
        ),
        document(
            GET
            | {"Condition": {"StringLike": {"s3:prefix": ["home/", "", "home/${aws:username}/"]}}}
        ),
    ),
    (
        "one value of a condition is no list",
        statement(ONE + '\ncondition {\ntest = "Bool"\nvariable = "k"\nvalues = ["true"]\n}'),
        document(GET | {"Condition": {"Bool": {"k": "true"}}}),
    ),
    (
        "a condition without values has an empty list",
        statement(ONE + '\ncondition {\ntest = "Bool"\nvariable = "k"\nvalues = []\n}'),
        document(GET | {"Condition": {"Bool": {"k": []}}}),
    ),
    (
        "tests and keys of conditions are sorted",
        statement(
            ONE
            + "".join(
                f'\ncondition {{\ntest = "{t}"\nvariable = "{v}"\nvalues = ["1"]\n}}'
                for t, v in (("S", "b"), ("S", "a"), ("A", "z"))
            )
        ),
        document(GET | {"Condition": {"A": {"z": "1"}, "S": {"a": "1", "b": "1"}}}),
    ),
    (
        "a condition block given twice counts once",
        statement(ONE + 2 * '\ncondition {\ntest = "Bool"\nvariable = "k"\nvalues = ["true"]\n}'),
        document(GET | {"Condition": {"Bool": {"k": "true"}}}),
    ),
    (
        "values of one key are joined",
        statement(
            ONE
            + "".join(
                f'\ncondition {{\ntest = "S"\nvariable = "k"\nvalues = {v}\n}}'
                for v in ('["a"]', '["b", "c"]')
            )
        ),
        document(GET | {"Condition": {"S": {"k": ["a", "b", "c"]}}}),
    ),
    (
        "numbers and booleans are strings",
        statement(
            ONE + '\ncondition {\ntest = "NumericLessThan"\nvariable = "k"\nvalues = [5, true]\n}'
        ),
        document(GET | {"Condition": {"NumericLessThan": {"k": ["5", "true"]}}}),
    ),
    (
        "not_actions and not_resources",
        statement('effect = "Deny"\nnot_actions = ["s3:*"]\nnot_resources = ["arn:aws:s3:::*"]'),
        document({"Effect": "Deny", "NotAction": "s3:*", "NotResource": "arn:aws:s3:::*"}),
    ),
    (
        "NotAction stands after Action and before Resource",
        statement('not_actions = ["b"]\nactions = ["a"]\nresources = ["r"]\nnot_resources = ["n"]'),
        document(allow(Action="a", NotAction="b", Resource="r", NotResource="n")),
    ),
    (
        "AWS star stays a principal of type AWS",
        statement('actions = ["kinesis:*"]\nprincipals {\ntype = "AWS"\nidentifiers = ["*"]\n}'),
        document(allow(Action="kinesis:*", Principal={"AWS": "*"})),
    ),
    (
        "star of type star is a bare star",
        statement('actions = ["firehose:*"]\nprincipals {\ntype = "*"\nidentifiers = ["*"]\n}'),
        document(allow(Action="firehose:*", Principal="*")),
    ),
    (
        "star of type star beside another block is not",
        statement(
            'actions = ["a:b"]\nprincipals {\ntype = "*"\nidentifiers = ["*"]\n}\nprincipals {\ntype = "AWS"\nidentifiers = ["1"]\n}'
        ),
        document(allow(Action="a:b", Principal={"*": "*", "AWS": "1"})),
    ),
    (
        "star of type star twice is a bare star",
        statement('actions = ["a:b"]' + 2 * '\nprincipals {\ntype = "*"\nidentifiers = ["*"]\n}'),
        document(allow(Action="a:b", Principal="*")),
    ),
    (
        "type star with an identifier of another name",
        statement('principals {\ntype = "*"\nidentifiers = ["a"]\n}'),
        document(allow(Principal={"*": "a"})),
    ),
    (
        "type star with two identifiers",
        statement('principals {\ntype = "*"\nidentifiers = ["*", "a"]\n}'),
        document(allow(Principal={"*": ["a", "*"]})),
    ),
    (
        "a principal without identifiers has an empty list",
        statement('principals {\ntype = "AWS"\nidentifiers = []\n}'),
        document(allow(Principal={"AWS": []})),
    ),
    (
        "not_principals",
        statement('not_principals {\ntype = "AWS"\nidentifiers = ["b", "a"]\n}'),
        document(allow(NotPrincipal={"AWS": ["b", "a"]})),
    ),
    # _StatementPrincipalIdentifiers_stringAndSlice
    (
        "a string and a list of one type",
        statement(
            'principals {\ntype = "AWS"\nidentifiers = ["1"]\n}\nprincipals {\ntype = "AWS"\nidentifiers = ["2", "3"]\n}'
        ),
        document(allow(Principal={"AWS": ["1", "3", "2"]})),
    ),
    (
        "types of principals are sorted",
        statement(
            "".join(
                f'principals {{\ntype = "{t}"\nidentifiers = ["{i}"]\n}}\n'
                for t, i in (("Service", "s"), ("Federated", "f"), ("AWS", "a"))
            )
        ),
        document(allow(Principal={"AWS": "a", "Federated": "f", "Service": "s"})),
    ),
    (
        "policy variables in identifiers come alive",
        statement('principals {\ntype = "AWS"\nidentifiers = ["&{aws:PrincipalArn}"]\n}'),
        document(allow(Principal={"AWS": "${aws:PrincipalArn}"})),
    ),
    (
        "policy variables in actions and keys stay",
        statement(
            'actions = ["&{a}"]\nresources = ["&{a}"]\ncondition {\ntest = "T"\nvariable = "&{a}"\nvalues = ["&{a}"]\n}'
        ),
        document(allow(Action="&{a}", Resource="${a}", Condition={"T": {"&{a}": "${a}"}})),
    ),
    (
        "sorting is by what is written, before variables come alive",
        statement('resources = ["&{b}", "$x", "%y"]'),
        document(allow(Resource=["${b}", "%y", "$x"])),
    ),
    # _duplicateSid
    (
        "empty Sids are left out and do not collide",
        statement('sid = ""\n' + ONE) + "\n" + statement('sid = ""\n' + ONE),
        document(GET, GET),
    ),
    ("a Sid stands first", statement('sid = "A"\n' + ONE), document({"Sid": "A", **GET})),
    ("without a statement there is no Statement", "", document()),
    ("without anything in it a statement allows nothing", statement(""), document(allow())),
    (
        "an empty list is left out",
        statement('actions = []\nnot_actions = ["a"]\nresources = []'),
        document(allow(NotAction="a")),
    ),
    (
        "null is left out",
        statement('sid = null\neffect = null\nactions = ["a"]\nresources = null'),
        document(allow(Action="a")),
    ),
    # _version20081017
    (
        "an old version",
        'version = "2008-10-17"\n' + statement(ONE),
        document(GET, Version="2008-10-17"),
    ),
    (
        "dynamic statements",
        'dynamic "statement" {\nfor_each = ["a", "b"]\ncontent {\nactions = [statement.value]\n}\n}',
        document(allow(Action="a"), allow(Action="b")),
    ),
    (
        "no dynamic statement",
        'dynamic "statement" {\nfor_each = []\ncontent {\nactions = [statement.value]\n}\n}',
        document(),
    ),
    # policy_model.go, Merge
    (
        "sources come first",
        'source_policy_documents = [jsonencode({Statement = [{Sid = "S", Effect = "Deny", Action = ["x"]}]})]\n'
        + statement(ONE),
        document({"Sid": "S", "Effect": "Deny", "Action": ["x"]}, GET),
    ),
    (
        "a statement takes the place of a source's of its Sid",
        'source_policy_documents = [jsonencode({Statement = [{Sid = "S", Effect = "Deny", Action = "x"}, {Effect = "Deny", Action = "y"}]})]\n'
        + statement('sid = "S"\n' + ONE),
        document({"Sid": "S", **GET}, {"Effect": "Deny", "Action": "y"}),
    ),
    # _override, _overrideList
    (
        "an override takes the place of a statement of its Sid",
        'override_policy_documents = [jsonencode({Statement = [{Sid = "S", Effect = "Deny", Action = "x"}]})]\n'
        + statement('sid = "S"\n' + ONE)
        + "\n"
        + statement(ONE),
        document({"Sid": "S", "Effect": "Deny", "Action": "x"}, GET),
    ),
    (
        "an override without Sid is added",
        'override_policy_documents = [jsonencode({Statement = [{Effect = "Deny", Action = "x"}]})]\n'
        + statement(ONE),
        document(GET, {"Effect": "Deny", "Action": "x"}),
    ),
    (
        "the last override wins",
        "override_policy_documents = ["
        + ", ".join(
            f'jsonencode({{Statement = [{{Sid = "S", Effect = "Deny", Action = "{a}"}}]}})'
            for a in "xy"
        )
        + "]",
        document({"Sid": "S", "Effect": "Deny", "Action": "y"}),
    ),
    (
        "an old override_json comes after all overrides",
        'override_json = jsonencode({Statement = [{Sid = "S", Action = "z"}]})\noverride_policy_documents = [jsonencode({Statement = [{Sid = "S", Action = "y"}]})]',
        document({"Sid": "S", "Action": "z"}),
    ),
    (
        "an old source_json comes before all sources",
        'source_json = jsonencode({Statement = [{Action = "a"}]})\nsource_policy_documents = [jsonencode({Statement = [{Action = "b"}]})]',
        document({"Action": "a"}, {"Action": "b"}),
    ),
    (
        "a null source is passed over",
        "source_policy_documents = [null]\n" + statement(ONE),
        document(GET),
    ),
    (
        "the later Version wins",
        'version = "2008-10-17"\nsource_policy_documents = [jsonencode({Version = "2012-10-17", Statement = []})]\n'
        + statement(ONE),
        document(GET),
    ),
    (
        "a source's Id is taken over, an empty one is not",
        'source_policy_documents = [jsonencode({Id = "a"}), jsonencode({Id = ""})]\n'
        + statement(ONE),
        document(GET, Id="a"),
    ),
    # policy_model.go, UnmarshalJSON
    (
        "a boolean in a source's condition is a string",
        "source_policy_documents = [jsonencode({Statement = [{Condition = {Bool = {k = true}}}]})]",
        document({"Condition": {"Bool": {"k": "true"}}}),
    ),
    (
        "a list of one in a source's condition is a string",
        'source_policy_documents = [jsonencode({Statement = [{Condition = {Bool = {k = ["true"]}}}]})]',
        document({"Condition": {"Bool": {"k": "true"}}}),
    ),
    (
        "a number in a source's condition is lost",
        'source_policy_documents = [jsonencode({Statement = [{Effect = "Allow", Condition = {NumericLessThan = {k = 3600}, Bool = {b = "true"}}}]})]',
        document(allow(Condition={"Bool": {"b": "true"}})),
    ),
    (
        "a list of one in a source's action stays",
        'source_policy_documents = [jsonencode({Statement = [{Action = ["b", "a"], NotResource = ["x"]}]})]',
        document({"Action": ["b", "a"], "NotResource": ["x"]}),
    ),
    (
        "principals of a source are sorted",
        'source_policy_documents = [jsonencode({Statement = [{Principal = {Service = "s", AWS = ["a", "c", "b"]}}]})]',
        document({"Principal": {"AWS": ["c", "b", "a"], "Service": "s"}}),
    ),
    (
        "any string as principal of a source is a star",
        'source_policy_documents = [jsonencode({Statement = [{Principal = "111122223333"}]})]',
        document({"Principal": "*"}),
    ),
    (
        "elements that the provider does not know are lost",
        'source_policy_documents = [jsonencode({Comment = "c", Statement = [{Action = "a", Note = "n"}]})]',
        document({"Action": "a"}),
    ),
    (
        "names of a source's elements match in any case",
        'source_policy_documents = [jsonencode({statement = [{effect = "Allow", ACTION = "a"}]})]',
        document(allow(Action="a")),
    ),
]


@pytest.mark.parametrize(("body", "expected"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_the_text_is_that_of_the_provider(evaluate, body: str, expected: dict[str, object]) -> None:
    assert literal(read(evaluate, body)) == json.dumps(expected, indent=2).replace("&", "\\u0026")


def test_at_least_forty_documents_are_rendered() -> None:
    assert len(CASES) >= 40


def test_the_text_is_indented_and_escaped(evaluate) -> None:
    body = statement('actions = ["a:<b>&"]')
    expected = (
        HEAD
        + '    {\n      "Effect": "Allow",\n      "Action": "a:\\u003cb\\u003e\\u0026"\n    }\n  ]\n}'
    )
    assert literal(read(evaluate, body)) == expected


def test_the_minified_text_has_no_spaces(evaluate) -> None:
    found = read(
        evaluate, statement(ONE), expression="data.aws_iam_policy_document.p.minified_json"
    )
    assert (
        literal(found)
        == '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}'
    )


FUNCTIONS = [
    ("length(data.aws_iam_policy_document.p.minified_json)", "96"),
    ("jsondecode(data.aws_iam_policy_document.p.json).Statement[0].Action", "s3:GetObject"),
    (
        'replace(data.aws_iam_policy_document.p.minified_json, "s3:GetObject", "s3:*")',
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}',
    ),
    (
        'strcontains(data.aws_iam_policy_document.p.json, "\\n      \\"Action\\": \\"s3:GetObject\\",")',
        "true",
    ),
    (
        "jsonencode(jsondecode(data.aws_iam_policy_document.p.json))",
        '{"Statement":[{"Action":"s3:GetObject","Effect":"Allow","Resource":"*"}],"Version":"2012-10-17"}',
    ),
    ("data.aws_iam_policy_document.p.version", "2012-10-17"),
]


@pytest.mark.parametrize(("expression", "expected"), FUNCTIONS)
def test_functions_see_the_provider_s_text(evaluate, expression: str, expected: str) -> None:
    assert literal(read(evaluate, statement(ONE), expression=expression)) == expected


def test_sources_of_one_sid_are_both_kept(evaluate) -> None:
    """The provider refuses them (_sourceListConflicting); nothing of them may be missed."""
    source = 'jsonencode({Statement = [{Sid = "S", Action = "%s"}]})'
    found = read(evaluate, f"source_policy_documents = [{source % 'a'}, {source % 'b'}]")
    spelled = json.loads(literal(found) or "")
    assert [one["Action"] for one in spelled["Statement"]] == ["a", "b"]
