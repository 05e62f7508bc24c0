"""Small files that stand for huge values, and things that lead back to themselves."""

from tests.hostile.case import ADMIN, ADMIN_JSON, ADMIN_TEMPLATE, Case, document, inline


def _doubled(first: str, step: str, count: int = 30) -> str:
    """Return locals of which each holds the one before it several times."""
    lines = [f"  x0 = {first}"]
    lines += [f"  x{n} = " + step.replace("X", f"local.x{n - 1}") for n in range(1, count)]
    return "locals {\n" + "\n".join(lines) + "\n}\n"


def _bomb(first: str, step: str, use: str = 'Action = local.x29, Resource = "*"') -> dict[str, str]:
    return {"bad/main.tf": _doubled(first, step) + document(use)}


def _alias_bomb() -> str:
    levels = ["  a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"]
    levels += [f"  a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 12)]
    return ADMIN_TEMPLATE + "Metadata:\n" + "".join(levels)


def _many(text: str, count: int) -> str:
    return text.replace('"app" {', f'"app" {{\n  count = {count}', 1)


BOMBS = (
    Case(
        "string-bomb",
        _bomb('"s3:Get*"', '"${X}${X}${X}${X}${X}${X}${X}${X}${X}${X}"'),
        diagnostics=(
            "warning[too-large] bad/main.tf:6",
            "warning[too-large] bad/main.tf:10",
            "warning[too-large] bad/main.tf:14",
            "warning[too-large] bad/main.tf:18",
            "warning[too-large] bad/main.tf:22",
            "warning[too-large] bad/main.tf:26",
            "warning[too-large] bad/main.tf:30",
        ),
    ),
    Case(
        "list-bomb",
        _bomb('["s3:Get*"]', "[X, X, X, X, X, X, X, X, X, X]"),
        diagnostics=(
            "warning[too-large] bad/main.tf:8",
            "warning[too-large] bad/main.tf:14",
            "warning[too-large] bad/main.tf:20",
            "warning[too-large] bad/main.tf:26",
            "warning[too-large] bad/main.tf:47",
        ),
    ),
    Case(
        "concat-bomb",
        _bomb('["s3:Get*"]', "concat(X, X, X, X, X, X, X, X, X, X)"),
        diagnostics=("warning[too-large] bad/main.tf:8",),
    ),
    Case(
        "join-bomb",
        _bomb('"s3:Get*"', 'join(",", [X, X, X, X, X, X, X, X, X, X])'),
        diagnostics=(
            "warning[too-large] bad/main.tf:6",
            "warning[too-large] bad/main.tf:10",
            "warning[too-large] bad/main.tf:14",
            "warning[too-large] bad/main.tf:18",
            "warning[too-large] bad/main.tf:22",
            "warning[too-large] bad/main.tf:26",
            "warning[too-large] bad/main.tf:30",
        ),
    ),
    Case(
        "format-width",
        {"bad/main.tf": document('Action = format("%2000000000s", "s3:*"), Resource = "*"')},
    ),
    Case(
        "range",
        {
            "bad/main.tf": document(
                'Action = [for i in range(1000000000) : "s3:${i}"], Resource = "*"'
            )
        },
    ),
    Case(
        "replace-bomb",
        _bomb('"aaaaaaaaaa"', 'replace(X, "a", "aaaaaaaaaa")'),
        diagnostics=("warning[too-large] bad/main.tf:7",),
    ),
    Case(
        "jsonencode-bomb",
        _bomb('"\\""', "jsonencode(X)"),
    ),
    Case(
        "setproduct",
        {
            "bad/main.tf": document(
                'Action = [for p in setproduct(range(1000), range(1000), range(1000)) : join("", p)], '
                'Resource = "*"'
            )
        },
        diagnostics=("warning[too-large] bad/main.tf:15",),
    ),
    Case(
        "huge-numbers",
        {
            "bad/main.tf": ADMIN
            + "locals {\n  x = "
            + "9" * 20_000
            + "\n  y = 1e999999999\n  z = local.x * local.x\n}\n"
            + 'output "z" { value = "${local.y}${local.z}" }\n'
        },
        found=("bad/main.tf",),
    ),
    Case(
        "pow",
        {
            "bad/main.tf": document(
                'Action = "s3:${pow(pow(10, 1000), pow(10, 1000))}", Resource = "*"'
            )
        },
    ),
    Case(
        "regex",
        {
            "bad/main.tf": document(
                'Action = regex("(a+)+$", "' + "a" * 5_000 + '!"), Resource = "*"'
            )
        },
    ),
    Case(
        "huge-count",
        {"bad/main.tf": _many(ADMIN, 1_000_000_000)},
        diagnostics=("error[too-many-instances] bad/main.tf:1",),
        found=("bad/main.tf",),
    ),
    Case(
        "large-count",
        {"bad/main.tf": _many(ADMIN, 5_000)},
        diagnostics=("error[too-many-instances] bad/main.tf:1",),
        found=("bad/main.tf",),
    ),
    Case(
        "negative-count",
        {"bad/main.tf": _many(ADMIN, -1)},
        found=("bad/main.tf",),
    ),
    Case(
        "huge-for-each",
        {
            "bad/main.tf": ADMIN.replace(
                '"app" {', '"app" {\n  for_each = toset([for i in range(1000000) : tostring(i)])', 1
            )
        },
        found=("bad/main.tf",),
    ),
    Case(
        "module-tree-of-nothing",
        {
            **{
                f"m{n}/main.tf": "".join(
                    f'module "c{i}" {{ source = "../m{n + 1}" }}\n' for i in range(10)
                )
                for n in range(12)
            },
            "m12/main.tf": "",
        },
        diagnostics=("error[too-many-instances] m11/main.tf:4",),
    ),
    Case(
        "join-wide",
        {
            "bad/main.tf": _doubled('"s3:Get*"', 'join(",", [X, X, X, X, X, X, X, X, X, X])', 5)
            + document('Action = join(",", [for i in range(5000) : local.x4]), Resource = "*"')
        },
        diagnostics=("warning[too-large] bad/main.tf:6",),
    ),
    Case(
        "list-of-long-strings",
        {
            "bad/main.tf": _doubled('"s3:Get*"', 'join(",", [X, X, X, X, X, X, X, X, X, X])', 5)
            + document('Action = [for i in range(5000) : "${local.x4}${i}"], Resource = "*"')
        },
        diagnostics=("warning[too-large] bad/main.tf:6",),
    ),
    Case(
        "one-long-string-shared",
        {
            "bad/main.tf": _doubled('"s3:Get*"', 'join(",", [X, X, X, X, X, X, X, X, X, X])', 5)
            + document('Action = [for i in range(5000) : local.x4], Resource = "*"')
        },
        diagnostics=("warning[too-large] bad/main.tf:6",),
    ),
    Case(
        "split-quadratic",
        {
            "bad/main.tf": document(
                'Action = split(",", "' + "s3:Get*," * 60_000 + '"), Resource = "*"'
            )
        },
        diagnostics=("warning[too-large] bad/main.tf:15",),
    ),
    Case(
        "format-percents",
        {"bad/main.tf": document('Action = format("' + "%%" * 200_000 + '"), Resource = "*"')},
    ),
    Case(
        "nested-loops",
        {
            "bad/main.tf": document(
                'Action = flatten([for a in range(1000) : [for b in range(1000) : "s3:${a}${b}"]]), Resource = "*"'
            )
        },
        diagnostics=(
            "error[too-much-work] bad/main.tf:15",
            "warning[too-large] bad/main.tf:15",
        ),
    ),
    Case(
        "local-cycle",
        {
            "bad/main.tf": "locals {\n  a = local.b\n  b = local.a\n}\n"
            + document('Action = local.a, Resource = "*"')
        },
        diagnostics=("warning[cycle] bad/main.tf:2",),
    ),
    Case(
        "module-cycle",
        {
            "a/main.tf": 'module "b" {\n  source = "../b"\n}\n' + ADMIN,
            "b/main.tf": 'module "a" {\n  source = "../a"\n}\n',
        },
        diagnostics=("error[module-cycle] b/main.tf:1",),
        found=("a/main.tf",),
    ),
    Case(
        "module-of-itself",
        {"a/main.tf": 'module "a" {\n  source = "./"\n}\n' + ADMIN},
        diagnostics=("error[module-cycle] a/main.tf:1",),
        found=("a/main.tf",),
    ),
    Case(
        "template-of-itself",
        {
            "bad/main.tf": inline('templatefile("${path.module}/p.tpl", {})'),
            "bad/p.tpl": '${templatefile("${path.module}/p.tpl", {})}',
        },
        diagnostics=("warning[too-deep] bad/p.tpl:1",),
    ),
    Case(
        "template-loops",
        {
            "bad/main.tf": inline('templatefile("${path.module}/p.tpl", { l = range(1000) })'),
            "bad/p.tpl": "%{ for a in l }" * 3 + "x" + "%{ endfor }" * 3,
        },
        diagnostics=(
            "error[too-much-work] bad/p.tpl:1",
            "warning[too-large] bad/main.tf:15",
        ),
    ),
    Case(
        "many-expressions",
        {"bad/main.tf": ADMIN + 'locals {\n  x = ["a"' + ', "a"' * 100_000 + "]\n}\n"},
        diagnostics=("error[too-large] bad/main.tf:21",),
    ),
    Case(
        "many-bytes",
        {"bad/main.tf": ADMIN + "# aws\n" * 800_000},
        diagnostics=("error[too-large] bad/main.tf:1",),
    ),
    Case(
        "many-templates-in-json",
        {
            "bad/main.tf": ADMIN,
            "bad/x.tf.json": '{"locals": {"x": "' + "a${1}" * 100_001 + '"}}',
        },
        diagnostics=("error[too-large] bad/x.tf.json:1",),
        found=("bad/main.tf",),
    ),
    Case(
        "deep-json",
        {
            "bad/main.tf": ADMIN,
            "bad/x.tf.json": '{"locals": {"x": ' + "[" * 10_000 + "]" * 10_000 + "}}",
        },
        diagnostics=("error[too-deep] bad/x.tf.json:1",),
        found=("bad/main.tf",),
    ),
    Case(
        "deep-blocks-in-json",
        {
            "bad/x.tf.json": '{"resource": {"aws_iam_role": {"x": '
            + '{"a": ' * 58
            + '"${1}"'
            + "}" * 58
            + "}}}"
        },
    ),
    Case(
        "alias-bomb",
        {"t.yaml": _alias_bomb()},
        diagnostics=("error[too-large] t.yaml:24",),
        found=("t.yaml",),
    ),
    Case(
        "self-alias",
        {"t.yaml": ADMIN_TEMPLATE + "Metadata: &m {a: *m}\n"},
        diagnostics=("error[recursive-alias] t.yaml:18",),
        found=("t.yaml",),
    ),
    Case(
        "merge-bomb",
        {
            "t.yaml": ADMIN_TEMPLATE
            + "Metadata:\n  a0: &a0 {k: v}\n"
            + "".join(
                f"  a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 20)}], k{n}: v}}\n"
                for n in range(1, 12)
            )
        },
        diagnostics=("error[too-large] t.yaml:23",),
        found=("t.yaml",),
    ),
    Case(
        "huge-integers",
        {
            "t.yaml": ADMIN_TEMPLATE
            + f"Metadata: {{a: {'9' * 20_000}, b: 1e999999999, c: 0x{'f' * 9_000}}}\n",
            "p.json": ADMIN_JSON.replace(
                '"*"}',
                f'"*", "Condition": {{"NumericLessThan": {{"s3:max-keys": {"9" * 20_000}}}}}}}',
            ),
        },
        diagnostics=("error[number-too-long] p.json:1",),
        found=("t.yaml",),
    ),
    Case(
        "parameter-cycle",
        {
            "t.yaml": ADMIN_TEMPLATE.replace('Action: "*"', "Action: !GetAtt App.Arn").replace(
                "Type: AWS::IAM::Role", "Type: AWS::IAM::Role\n    Condition: A"
            )
            + ("Conditions:\n  A: !Not [!Condition B]\n  B: !Not [!Condition A]\n")
        },
        diagnostics=("warning[cycle] t.yaml:20", "warning[cycle] t.yaml:3"),
    ),
    Case(
        "join-bomb-template",
        {
            "t.yaml": ADMIN_TEMPLATE.replace(
                'Action: "*"', "Action: " + "!Join [',', [" * 50 + "a" + "]]" * 50
            )
        },
        diagnostics=("error[too-deep] t.yaml:17",),
    ),
    Case(
        "many-conditions",
        {
            "t.yaml": "Conditions:\n"
            + "".join(f"  C{n}: !Equals [!Ref AWS::Region, r{n}]\n" for n in range(200))
            + ADMIN_TEMPLATE.replace(
                'Action: "*"',
                "Action: ["
                + ", ".join(f"!If [C{n}, 's3:Get{n}', 's3:Put{n}']" for n in range(200))
                + "]",
            )
        },
        diagnostics=("warning[too-many-worlds] t.yaml:218",),
    ),
)
