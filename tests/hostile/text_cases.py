"""Bytes that are no text, text that is no HCL, YAML or JSON, and nesting without end."""

import json

from tests.hostile.case import ADMIN, ADMIN_JSON, ADMIN_TEMPLATE, Case, document, inline

_LATIN = '# caf\xe9\nlocals {\n  owner = "Andr\xe9"\n}\n'.encode("latin-1")


def _nested(opening: str, closing: str, depth: int = 2_000) -> str:
    return f"{ADMIN}locals {{\n  x = {opening * depth}1{closing * depth}\n}}\n"


def _nested_yaml(depth: int = 3_000) -> str:
    head = 'AWSTemplateFormatVersion: "2010-09-09"\nResources: {}\nMetadata:\n'
    return head + "".join(f"{' ' * level}a:\n" for level in range(1, depth)) + " " * depth + "b\n"


ENCODINGS = (
    Case(
        "latin-1",
        {"bad/main.tf": _LATIN},
    ),
    Case(
        "utf-16",
        {"bad/main.tf": ADMIN.encode("utf-16")},
        diagnostics=("error[encoding] bad/main.tf:1",),
    ),
    Case(
        "nul",
        {"bad/main.tf": ADMIN + "# \0\n"},
        diagnostics=("error[encoding] bad/main.tf:20",),
    ),
    Case(
        "bom",
        {"bad/main.tf": "\ufeff" + ADMIN},
        found=("bad/main.tf",),
    ),
    Case(
        "crlf",
        {"bad/main.tf": ADMIN.replace("\n", "\r\n")},
        found=("bad/main.tf",),
    ),
    Case(
        # Terraform ends lines with LF alone: "This character is not used within the language."
        "cr",
        {"bad/main.tf": ADMIN.replace("\n", "\r")},
        diagnostics=("error[syntax-error] bad/main.tf:1",),
    ),
    Case(
        "binary",
        {"bad/main.tf": bytes(range(256)) * 40},
        diagnostics=("error[encoding] bad/main.tf:1",),
    ),
    Case(
        "template-latin-1",
        {"t.yaml": ADMIN_TEMPLATE.encode() + b"# \xe9\n"},
        diagnostics=("error[encoding] t.yaml:18",),
    ),
    Case(
        "template-utf-16",
        {"t.yaml": ADMIN_TEMPLATE.encode("utf-16")},
        diagnostics=("error[encoding] t.yaml:1",),
    ),
    Case(
        "template-bom-crlf",
        {"t.yaml": "\ufeff" + ADMIN_TEMPLATE.replace("\n", "\r\n")},
        found=("t.yaml",),
    ),
    Case(
        "template-nul",
        {"t.yaml": ADMIN_TEMPLATE + "# \0\n"},
        diagnostics=("error[encoding] t.yaml:18",),
    ),
    Case(
        "policy-latin-1",
        {"p.json": ADMIN_JSON.encode()[:-2] + b', "Id": "\xe9"}'},
        diagnostics=("error[encoding] p.json:1",),
    ),
    Case(
        "policy-utf-16",
        {"p.json": ADMIN_JSON.encode("utf-16")},
        diagnostics=("error[encoding] p.json:1",),
    ),
    Case(
        "policy-bom-crlf",
        {"p.json": "\ufeff" + ADMIN_JSON.replace("\n", "\r\n")},
        found=("p.json",),
    ),
    Case(
        "lone-surrogate-escape",
        {"p.json": ADMIN_JSON.replace('"*"}', '"*", "Sid": "\\ud800"}')},
        diagnostics=("error[json-syntax] p.json:1",),
    ),
)

SYNTAX = (
    Case(
        "truncated-hcl",
        {"bad/main.tf": ADMIN[:-30]},
        diagnostics=("error[syntax-error] bad/main.tf:17",),
    ),
    Case(
        "unclosed-heredoc",
        {"bad/main.tf": inline('<<EOT\n{"Statement": []}\n')},
        diagnostics=("error[syntax-error] bad/main.tf:15",),
    ),
    Case(
        "two-files-one-broken",
        {"bad/main.tf": ADMIN, "bad/other.tf": "resource {{{\n"},
        diagnostics=("error[syntax-error] bad/other.tf:1",),
        found=("bad/main.tf",),
    ),
    Case(
        "truncated-yaml",
        {"t.yaml": ADMIN_TEMPLATE + '          - {Effect: "All'},
        diagnostics=("error[yaml-syntax] t.yaml:18",),
    ),
    Case(
        "tab-in-yaml",
        {"t.yaml": ADMIN_TEMPLATE + "\tX: 1\n"},
        diagnostics=("error[yaml-syntax] t.yaml:18",),
    ),
    Case(
        "truncated-json",
        {"p.json": ADMIN_JSON[:60]},
        diagnostics=("error[json-syntax] p.json:1",),
    ),
    Case(
        "duplicate-yaml-key",
        {"t.yaml": ADMIN_TEMPLATE + "Resources: {}\n"},
        diagnostics=("error[duplicate-key] t.yaml:18",),
    ),
    Case(
        "duplicate-json-key",
        {"p.json": ADMIN_JSON.replace('"Action": "*"', '"Action": "s3:Get*", "Action": "*"')},
        diagnostics=("error[duplicate-key] p.json:1",),
    ),
    Case(
        "duplicate-hcl-argument",
        {
            "bad/main.tf": document('Action = "*", Resource = "*"').replace(
                "  role ", "  role = 1\n  role "
            )
        },
        diagnostics=("error[duplicate-key] bad/main.tf:15",),
    ),
    Case(
        "python-tag",
        {"t.yaml": ADMIN_TEMPLATE + "X: !!python/object/apply:os.system [id]\n"},
        diagnostics=("error[unknown-tag] t.yaml:18",),
        found=("t.yaml",),
    ),
    Case(
        "several-documents",
        {"t.yaml": ADMIN_TEMPLATE + "---\n" + ADMIN_TEMPLATE},
        diagnostics=("error[multiple-documents] t.yaml:1",),
        found=("t.yaml",),
    ),
    Case(
        "broken-policy-in-heredoc",
        {"bad/main.tf": inline('<<EOT\n{"Statement": [}\nEOT')},
        diagnostics=("error[json-syntax] bad/main.tf:16",),
    ),
    Case(
        "helm-chart",
        {
            "chart/Chart.yaml": "name: x\n",
            "chart/values.yaml": "a: [1\n",
            "chart/templates/role.yaml": "{{- if .Values.x }}\nkind: Role\n{{ end }}\n",
            "chart/templates/arn.yaml": 'arn: {{ .Values.arn }}\n"Statement": [{{ tpl }}]\n"Effect": {{ x }}\n',
        },
    ),
    Case(
        "other-files",
        {
            "a.json": "{broken",
            "b.yaml": "a: b: c",
            "c.json": "[" * 100_000,
            "d.tfvars": "x = = 1",
            "empty.tf": "",
            "empty.yaml": "",
            "empty.json": "",
            "template.template": "a: [",
            "README.md": "# x",
            "weird.tpl": "${",
            "n.json": "9" * 10_000,
        },
    ),
)

DEPTH = (
    Case(
        "brackets",
        {"bad/main.tf": _nested("[", "]")},
        diagnostics=("error[too-deep] bad/main.tf:21",),
    ),
    Case(
        "parentheses",
        {"bad/main.tf": _nested("(", ")")},
        diagnostics=("error[too-deep] bad/main.tf:21",),
    ),
    Case(
        "interpolations",
        {"bad/main.tf": _nested('"${', '}"')},
        diagnostics=("error[syntax-error] bad/main.tf:21",),
    ),
    Case(
        "objects",
        {"bad/main.tf": _nested("{ a = ", " }")},
        diagnostics=("error[too-deep] bad/main.tf:21",),
    ),
    Case(
        "negations",
        {"bad/main.tf": _nested("!", "")},
        diagnostics=("error[too-deep] bad/main.tf:21",),
    ),
    Case(
        "conditionals",
        {"bad/main.tf": _nested("true ? 1 : ", "")},
        diagnostics=("error[too-deep] bad/main.tf:21",),
    ),
    Case(
        "functions",
        {"bad/main.tf": _nested("jsonencode(", ")")},
        diagnostics=("error[too-deep] bad/main.tf:21",),
    ),
    Case(
        "long-sum",
        {"bad/main.tf": ADMIN + "locals {\n  x = 1" + " + 1" * 5_000 + "\n}\n"},
        diagnostics=("error[too-deep] bad/main.tf:21",),
    ),
    Case(
        "long-traversal",
        {"bad/main.tf": ADMIN + "locals {\n  x = local.y" + ".a" * 5_000 + "\n}\n"},
        diagnostics=("warning[dangling-reference] bad/main.tf:21",),
        found=("bad/main.tf",),
    ),
    Case(
        "blocks",
        {"bad/main.tf": ADMIN + "a {\n" * 2_000 + "}\n" * 2_000},
        diagnostics=("error[too-deep] bad/main.tf:80",),
    ),
    Case(
        "unclosed-brackets",
        {"bad/main.tf": ADMIN + "locals {\n  x = " + "[" * 50_000},
        diagnostics=("error[syntax-error] bad/main.tf:21",),
    ),
    Case(
        "deep-yaml",
        {"t.yaml": _nested_yaml()},
        diagnostics=("error[too-deep] t.yaml:67",),
    ),
    Case(
        "deep-flow-yaml",
        {"t.yaml": ADMIN_TEMPLATE + "X: " + "[" * 20_000 + "]" * 20_000},
        diagnostics=("error[too-deep] t.yaml:18",),
        found=("t.yaml",),
    ),
    Case(
        "deep-json-template",
        {
            "t.json": '{"Metadata": '
            + "[" * 100_000
            + "]" * 100_000
            + ', "Resources": {"R": {"Type": "AWS::IAM::ManagedPolicy", "Properties":'
            + f' {{"PolicyDocument": {ADMIN_JSON}}}}}}}}}'
        },
        diagnostics=("error[too-deep] t.json:1",),
        found=("t.json",),
    ),
    Case(
        "resources-of-another-program",
        {"t.yaml": "Resources: !Custom {Q: {Type: AWS::SQS::Queue}}\n"},
        diagnostics=("warning[unknown-tag] t.yaml:1",),
    ),
    Case(
        "deep-json-policy",
        {"p.json": '{"Statement": ' + "[" * 100_000 + '"Effect"' + "]" * 100_000 + "}"},
        diagnostics=("error[too-deep] p.json:1",),
    ),
    Case(
        "deep-json-in-hcl",
        {"bad/main.tf": inline('"' + "[" * 100_000 + "]" * 100_000 + '"')},
        diagnostics=("error[too-deep] bad/main.tf:15",),
    ),
    Case(
        "deep-intrinsics",
        {
            "t.json": json.dumps(
                {
                    "AWSTemplateFormatVersion": "2010-09-09",
                    "Resources": {"R": {"Type": "AWS::IAM::Role", "Properties": {"RoleName": "X"}}},
                }
            ).replace('"X"', '{"Fn::Sub": ' * 60 + '"X"' + "}" * 60)
        },
    ),
)
