import subprocess
import sys

import pytest

from leastwise.config.model import (
    Config,
    ExpectedAdmin,
    LevelOverride,
    PathIgnore,
    RootSettings,
)
from leastwise.config.read import ConfigProblem, read_config

FULL = """\
select = ["wildcard", "trust/oidc-open-sub"]
ignore = ["wildcard/service-admin"]
exclude = ["vendor/**"]
fail-on = "warning"
own-accounts = ["111122223333"]
baseline = "ci/leastwise-baseline.json"
opentofu = true

[per-path-ignores]
"examples/**" = ["wildcard"]
"sandbox/*.tf" = ["trust", "escalation/passrole-lambda-create-invoke"]

[[expected-admins]]
match = "aws_iam_role.break_glass"
reason = " two people hold the key "

[[expected-admins]]
match = "arn:aws:iam::*:role/org/admin-*"
reason = "the platform team"

[[root]]
path = "infra"
environment = "prod"
workspace = "blue"
var-files = ["envs/common.tfvars", "envs/prod.tfvars"]
account = "111122223333"
scps = ["org/guardrails.json"]

[[root]]
path = "infra"
workspace = "green"
"""
EXPECTED = Config(
    select=("wildcard", "trust/oidc-open-sub"),
    ignore=("wildcard/service-admin",),
    exclude=("vendor/**",),
    per_path_ignores=(
        PathIgnore("examples/**", ("wildcard",)),
        PathIgnore("sandbox/*.tf", ("trust", "escalation/passrole-lambda-create-invoke")),
    ),
    fail_on="warning",
    own_accounts=("111122223333",),
    expected_admins=(
        ExpectedAdmin("aws_iam_role.break_glass", "two people hold the key"),
        ExpectedAdmin("arn:aws:iam::*:role/org/admin-*", "the platform team"),
    ),
    baseline="ci/leastwise-baseline.json",
    roots=(
        RootSettings(
            path="infra",
            var_files=("envs/common.tfvars", "envs/prod.tfvars"),
            workspace="blue",
            environment="prod",
            account="111122223333",
            scps=("org/guardrails.json",),
        ),
        RootSettings(path="infra", workspace="green", environment="green"),
    ),
    opentofu=True,
)


def test_every_key_is_read():
    assert read_config(FULL, "leastwise.toml") == EXPECTED


def test_pyproject_counts_by_its_table():
    text = (
        FULL.replace("[[exp", "[[tool.leastwise.exp")
        .replace("[[root", "[[tool.leastwise.root")
        .replace("[per", "[tool.leastwise.per")
    )
    text = '[project]\nname = "x"\n[tool.leastwise]\n' + text
    assert read_config(text, "infra/pyproject.toml") == EXPECTED


@pytest.mark.parametrize(
    "text", ["", "[project]\nselect = 1\n", "[tool.ruff]\n", "[tool.leastwise]\n", "tool = 1\n"]
)
def test_pyproject_without_settings_is_the_default(text):
    assert read_config(text, "pyproject.toml") == Config()


def test_other_file_names_count_as_a_whole():
    assert read_config('fail-on = "never"', "strict.toml") == Config(fail_on="never")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            '# rules\n\nselct = ["wildcard"]\n',
            "c.toml:3: unknown key 'selct', did you mean 'select'?",
        ),
        ("opentofu = 1", "c.toml:1: opentofu must be true or false, not 1"),
        ("[root]\npath = 'a'", "c.toml:1: root must be a list, not a table: write [[root]]"),
        ("[[root]]\nworkspace = 'a'", "c.toml:1: root[0] needs a 'path'"),
        ("[[root]]\npath = '/a'", "c.toml:2: root[0].path '/a' must be a relative path"),
        (
            "[[root]]\npath = 'a'\nscps = ['C:\\x']",
            "c.toml:3: root[0].scps 'C:\\\\x' must be a relative path",
        ),
        (
            "[[root]]\npath = 'a'\naccount = '1'",
            "c.toml:3: root[0].account must be an account number of 12 digits, not '1'",
        ),
        (
            "[[root]]\npath = 'a'\nenvironment = 'a b'",
            (
                "c.toml:3: root[0].environment must be a name of letters, digits and . _ / -,"
                " not 'a b'"
            ),
        ),
        (
            "[[root]]\npath = 'a'\n[[root]]\npath = 'b/../a'",
            (
                "c.toml:4: root[1] and root[0] are both 'a' with no environment:"
                " name each 'environment'"
            ),
        ),
        (
            "[[root]]\npath = 'a'\nenviroment = 'x'",
            "c.toml:3: unknown key 'enviroment', did you mean 'environment'?",
        ),
        ("fail_on = 'error'", "c.toml:1: unknown key 'fail_on', did you mean 'fail-on'?"),
        (
            "plugins = ['evil']",
            (
                "c.toml:1: unknown key 'plugins'; known are account, baseline, exclude, "
                "expected-admins, fail-on, forbidden-actions, ignore, levels, opentofu, own-accounts, "
                "own-organizations, per-path-ignores, preview, required-boundary, root, rules, scps, "
                "select, sensitive, trusted-principals"
            ),
        ),
        ("\nselect = 'wildcard'", "c.toml:2: select must be a list, not 'wildcard'"),
        ("select = {a = 1}", "c.toml:1: select must be a list, not a table"),
        ("select = [1]", "c.toml:1: select[0] must be a string, not 1"),
        ("select = [['x']]", "c.toml:1: select[0] must be a string, not a list"),
        (
            "select = ['Wild*']",
            (
                "c.toml:1: select[0] must be a rule id or a group, like 'wildcard/admin' or "
                "'wildcard', not 'Wild*'"
            ),
        ),
        (
            "[per-path-ignores]\n'a/*.tf' = ['x y']",
            (
                "c.toml:2: per-path-ignores.a/*.tf[0] must be a rule id or a group, like "
                "'wildcard/admin' or 'wildcard', not 'x y'"
            ),
        ),
        ("per-path-ignores = []", "c.toml:1: per-path-ignores must be a table, not a list"),
        (
            "[per-path-ignores]\n'' = ['trust']",
            "c.toml:1: per-path-ignores must not be empty, not ''",
        ),
        ("exclude = ['']", "c.toml:1: exclude[0] must not be empty, not ''"),
        (
            "fail-on = 'info'",
            "c.toml:1: fail-on must be one of 'error', 'warning', 'note', 'never', not 'info'",
        ),
        (
            "own-accounts = [\n  '123',\n]",
            "c.toml:1: own-accounts[0] must be an account number of 12 digits, not '123'",
        ),
        (
            'own-accounts = ["111122223333\\n"]',
            "c.toml:1: own-accounts[0] must be an account number of 12 digits, not '111122223333\\n'",
        ),
        (
            'forbidden-actions = ["iam:PassRole\\n"]',
            "c.toml:1: forbidden-actions[0] must be an action, like 'iam:CreateUser' or 'iam:Create*', not 'iam:PassRole\\n'",
        ),
        (
            "own-accounts = [111122223333]",
            "c.toml:1: own-accounts[0] must be a string, not 111122223333",
        ),
        (
            "[[expected-admins]]\nmatch = 'a'\nreason = 'r'\n[[expected-admins]]\nmatch = 'b'",
            "c.toml:4: expected-admins[1] needs a 'reason'",
        ),
        (
            "[[expected-admins]]\nmatch = 'a'\nreason = '  '",
            "c.toml:3: expected-admins[0].reason must not be empty, not '  '",
        ),
        (
            "[[expected-admins]]\nmatch = 'a'\nreasn = 'r'\nreason = 'r'",
            "c.toml:3: unknown key 'reasn', did you mean 'reason'?",
        ),
        ("expected-admins = [{match = 'a'}]", "c.toml:1: expected-admins[0] needs a 'reason'"),
        ("a = 1979-05-27", "c.toml:1: unknown key 'a'"),
        ("baseline = 1979-05-27", "c.toml:1: baseline must be a string, not datetime.date(1979"),
        ("select = nan", "c.toml:1: select must be a list, not nan"),
    ],
)
def test_mistakes_are_told_with_their_line(text, message):
    problem = read_config(text, "c.toml")
    assert isinstance(problem, ConfigProblem)
    assert problem.message.startswith(message)
    assert problem.source == "c.toml"


def test_line_in_pyproject_is_that_of_the_table():
    text = "[tool.ruff]\nselect = 1\n\n[tool.leastwise]\nselect = 1\n"
    problem = read_config(text, "pyproject.toml")
    assert problem == ConfigProblem(
        "pyproject.toml", 5, "pyproject.toml:5: select must be a list, not 1"
    )


def test_table_that_is_none_is_refused():
    problem = read_config("tool.leastwise = 1", "pyproject.toml")
    assert problem.message == "pyproject.toml:1: the configuration must be a table, not 1"


@pytest.mark.parametrize(
    "path",
    ["/etc/passwd", "../up.json", "a/../../b", "C:/x", "a\\\\..\\\\b", "nul\\u0000", "https://x/y"],
)
def test_baseline_stays_inside_the_tree(path):
    problem = read_config(f'baseline = "{path}"', "leastwise.toml")
    assert isinstance(problem, ConfigProblem)
    assert problem.line == 1
    assert "must be a relative path inside the tree" in problem.message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("select = [", "leastwise.toml:1: not valid TOML: Invalid value"),
        ("a = 1\nb == 2", "leastwise.toml:2: not valid TOML: Invalid value"),
        ("a = 1\na = 2", "leastwise.toml:2: not valid TOML: Cannot overwrite a value"),
        ("a = " + "9" * 5000, "leastwise.toml: not valid TOML: "),
        ("a = " + "[" * 5000, "leastwise.toml"),
        ("#" * (1024 * 1024 + 1), "leastwise.toml: larger than 1048576 characters"),
    ],
)
def test_broken_text_is_a_problem_and_no_exception(text, message):
    problem = read_config(text, "leastwise.toml")
    assert isinstance(problem, ConfigProblem)
    assert problem.message.startswith(message)


def test_long_values_are_cut_in_messages():
    problem = read_config(f"fail-on = '{'x' * 500}'", "leastwise.toml")
    assert len(problem.message) < 200
    assert problem.message.endswith("…")


def test_jsonschema_is_imported_only_for_settings():
    script = (
        "import sys\n"
        "from leastwise.config.read import read_config\n"
        "read_config('[tool.ruff]', 'pyproject.toml')\n"
        "print('jsonschema' in sys.modules)\n"
    )
    out = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert out.stdout == "False\n"


CATALOGUE = """\
preview = true
rules = "team/rules"
account = "111122223333"
own-organizations = ["o-a1b2c3d4e5"]
trusted-principals = ["arn:aws:iam::444455556666:role/audit-*", "777788889999"]
sensitive = ["arn:aws:s3:::payroll/*"]
required-boundary = "arn:aws:iam::*:policy/boundary-*"
forbidden-actions = ["iam:CreateUser", "organizations:*"]
scps = ["org/guardrails.json"]

[levels]
trust = "error"
"wildcard/data-read" = "off"
"""


def test_what_the_catalogue_asks_for_is_read():
    config = read_config(CATALOGUE, "leastwise.toml")
    assert config == Config(
        preview=True,
        rules="team/rules",
        account="111122223333",
        own_organizations=("o-a1b2c3d4e5",),
        trusted_principals=("arn:aws:iam::444455556666:role/audit-*", "777788889999"),
        sensitive=("arn:aws:s3:::payroll/*",),
        required_boundary="arn:aws:iam::*:policy/boundary-*",
        forbidden_actions=("iam:CreateUser", "organizations:*"),
        scps=("org/guardrails.json",),
        levels=(LevelOverride("trust", "error"), LevelOverride("wildcard/data-read", "off")),
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('levels = {"wildcard" = "warn"}', "levels.wildcard must be one of 'error', 'warning', 'note', 'off', not 'warn'"),
        ('own-organizations = ["x"]', "own-organizations[0] must be the id of an organization, like 'o-a1b2c3d4e5', not 'x'"),
        ('sensitive = ["s3:*"]', "sensitive[0] must be an ARN, * and ? stand for any characters, not 's3:*'"),
        ('rules = "../elsewhere"', "rules '../elsewhere' must be a relative path inside the tree"),
        ('scps = ["/a"]', "scps '/a' must be a relative path"),
        ('forbidden-actions = ["CreateUser"]', "forbidden-actions[0] must be an action, like 'iam:CreateUser' or 'iam:Create*', not 'CreateUser'"),
    ],
)  # fmt: skip
def test_a_wrong_setting_of_the_catalogue_is_told_with_its_line(text, words):
    problem = read_config(text, "c.toml")
    assert problem.message == f"c.toml:1: {words}"
