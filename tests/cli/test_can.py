"""The can and who commands: what they print, and how they exit."""

import json

import pytest
from tests.api.questions.asked_tree import SHOP_TF
from tests.cli.texts import BROKEN_JSON, write

OBJECT = "arn:aws:s3:::logs/a"


@pytest.fixture
def shop(folder):
    write(folder, infra__main_tf=SHOP_TF)
    return folder


@pytest.mark.parametrize(
    ("question", "code"),
    [
        (("app", "s3:GetObject", OBJECT), 0),
        (("app", "s3:PutObject", OBJECT), 1),
        (("app", "ec2:StopInstances", "*"), 2),
        (("nobody-like-that", "s3:GetObject", OBJECT), 2),
        (("app", "s3:GetObject"), 2),
        ((), 2),
    ],
)
@pytest.mark.usefixtures("shop")
def test_the_exit_code_is_the_answer(run, question, code):
    assert run("can", *question).code == code


@pytest.mark.usefixtures("shop")
def test_options_may_stand_before_and_among_the_words(run):
    question = ("app", "ec2:StopInstances", "*")
    context = ("--context", "aws:MultiFactorAuthPresent=true")
    assert run("can", *question, "infra", *context).code == 0
    assert run("can", *question, *context, "infra").code == 0
    assert run("can", *context, *question, "infra").code == 0
    assert run("can", *question[:2], *context, question[2], "infra").code == 0
    assert run("can", *question, *context, "nowhere").code == 2
    assert run("can", *question, "--no-such-option", "infra").code == 2


@pytest.mark.usefixtures("shop")
def test_yes_shows_the_line_that_allows(run):
    ran = run("can", "app", "s3:GetObject", OBJECT, "infra")
    assert ran.err == ""
    assert ran.out.splitlines() == [
        f"allowed: role aws_iam_role.app can s3:GetObject on {OBJECT}",
        "  --> infra/main.tf:39:20",
        "   |",
        '39 |         Action   = "s3:GetObject"',
        "   |                    ^^^^^^^^^^^^^^ identity: allows",
        "   |",
        '   = identity: statement "Read" of aws_iam_role_policy.app (infra/main.tf:39:20) allows it',
        f"   = request: s3:GetObject on {OBJECT} by arn:aws:iam::111122223333:role/app",
        '   = to end it: remove statement "Read" of aws_iam_role_policy.app (infra/main.tf:39:20)',
        "   = not in view: service control policies, which could deny it (no tree says which apply)",
    ]


@pytest.mark.usefixtures("shop")
def test_what_aws_manages_is_detached_and_not_edited(run):
    ran = run("can", "fenced", "s3:PutObject", OBJECT)
    assert ran.code == 0
    assert "to end it: detach arn:aws:iam::aws:policy/AdministratorAccess" in ran.out
    assert "or: remove statement 1 of aws_iam_policy.fence" in ran.out


@pytest.mark.usefixtures("shop")
def test_json_tells_the_same(run):
    ran = run("can", "app", "s3:GetObject", OBJECT, "--format", "json")
    found = json.loads(ran.out)
    assert found["answer"] == "allowed"
    assert found["witness"]["resource"] == OBJECT
    assert [s["statement"] for s in found["statements"]] == ['statement "Read"']
    assert found["statements"][0]["location"]["start_line"] == 39
    assert [[s["policy"] for s in e] for e in found["to_end_it"]] == [["aws_iam_role_policy.app"]]
    ran = run("can", "app", "ec2:StopInstances", "*", "--format", "json")
    assert json.loads(ran.out)["needs_context"] == {"aws:MultiFactorAuthPresent": ["true"]}


@pytest.mark.usefixtures("shop")
def test_who_lists_everyone_with_the_lines(run):
    ran = run("who", "s3:GetObject", "arn:aws:s3:::logs/public/x", "infra")
    assert ran.code == 0
    heads = [line for line in ran.out.splitlines() if line.startswith(("can ", "may "))]
    assert heads == [
        "can anyone",
        "can arn:aws:iam::999988887777:role/reader",
        "can role aws_iam_role.app",
        "can role aws_iam_role.fenced",
        "can user aws_iam_user.ann",
    ]
    assert ran.out.splitlines()[-1].startswith("5 of 5 callers in view can s3:GetObject on")


@pytest.mark.usefixtures("shop")
def test_who_says_that_nobody_can(run):
    ran = run("who", "kms:Decrypt", "arn:aws:kms:eu-west-1:111122223333:key/k")
    assert ran.code == 0
    assert ran.out.startswith("none of 3 callers in view can kms:Decrypt on ")
    ran = run("who", "s3:GetObject", "*", "--format", "json")
    assert {entry["answer"] for entry in json.loads(ran.out)["who"]} == {"allowed"}


def test_who_lists_twenty_unless_all_are_wanted(folder, run):
    roles = "".join(
        SHOP_TF[SHOP_TF.index('resource "aws_iam_role" "fenced"') :]
        .partition('resource "aws_s3_bucket_policy"')[0]
        .replace('"fenced"', f'"fenced{n}"')
        .replace("aws_iam_role.fenced.", f"aws_iam_role.fenced{n}.")
        .replace("  permissions_boundary = aws_iam_policy.fence.arn\n", "")
        for n in range(25)
    )
    write(folder, main_tf=roles)
    ran = run("who", "s3:PutObject", "*")
    assert ran.out.count("\ncan ") == 19
    assert "and 5 more (--show-all)" in ran.out
    assert run("who", "s3:PutObject", "*", "--show-all").out.count("can role") == 25


def test_input_that_was_not_read_makes_every_answer_undecided(shop, run):
    write(shop, infra__broken_json=BROKEN_JSON)
    ran = run("can", "app", "s3:GetObject", OBJECT)
    assert ran.code == 2
    assert ran.out.startswith("allowed: ")
    assert "infra/broken.json" in ran.err


@pytest.mark.parametrize(
    "hostile",
    [
        "\x1b]0;pwned\x07",
        "::error file=x::pwned",
        "##[error]pwned",
        "app\n::set-output name=x::y",
        "\u202eevil",
        "\ud800",
        "a" * 50_000,
        "*" * 5_000,
        "${aws:username}",
        "arn:",
        "arn:aws:iam::111122223333:role/" + "?" * 500,
    ],
)
@pytest.mark.parametrize("place", range(4))
@pytest.mark.usefixtures("shop")
def test_hostile_words_are_shown_harmless(run, hostile, place):
    words = ["app", "s3:GetObject", OBJECT]
    if place == 3:
        ran = run("can", *words, "--context", f"{hostile}=x")
    else:
        words[place] = hostile
        ran = run("can", *words)
    assert ran.code in (0, 1, 2)
    both = ran.out + ran.err
    assert "crashed" not in both
    for harmful in ("\x1b", "\x07", "\u202e", "##[", "\n::"):
        assert harmful not in both
    json_text = run("can", *words, "--format", "json").out
    assert not json_text or json.loads(json_text)


def test_what_was_not_read_is_told_where_a_name_leads_nowhere(folder, run):
    write(folder, infra__broken_json=BROKEN_JSON)
    ran = run("can", "app", "s3:GetObject", OBJECT, "infra")
    assert ran.code == 2
    assert "'app' is no principal in view" in ran.err
    assert "infra/broken.json" in ran.err


def test_a_policy_that_is_too_large_to_read_is_hinted_at(folder, run):
    statement = '{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}'
    policy = f'{{"Version": "2012-10-17", "Statement": [{", ".join([statement] * 2500)}]}}'
    user = f'{{"UserName": "u", "Arn": "arn:aws:iam::111122223333:user/u", "UserPolicyList": [{{"PolicyName": "p", "PolicyDocument": {policy}}}]}}'
    write(
        folder,
        dump_json=f'{{"UserDetailList": [{user}], "GroupDetailList": [], "RoleDetailList": [], "Policies": []}}',
    )
    ran = run("can", "u", "s3:GetObject", "*")
    assert ran.code == 2
    assert ran.err == "leastwise: 1 warning about the input: 'leastwise check' tells\n"


@pytest.mark.usefixtures("shop")
def test_any_resource_is_not_every_resource(run):
    last = run("who", "s3:GetObject", "*").out.splitlines()[-1]
    assert " in view can make some request of s3:GetObject on any resource" in last
