"""The text says who can become whom, by which statements, and tells what is only possible apart."""

import pytest
from tests.reporters.graph.pictures import EMPTY, HOSTILE, PLACES, hostile, large, small

from leastwise.reporters.graph.picture import Spot, Tally, Track
from leastwise.reporters.graph.text import render
from leastwise.reporters.style import Sheet, painter

PLAIN = Sheet(painter(color=False), 100)


def told(picture, *, show_all=False):
    return render(picture, PLACES, PLAIN, show_all=show_all)


def test_chains_are_told_with_paths_statements_and_places():
    text = told(small())
    assert (
        "user aws_iam_user.dev (infra/main.tf:3:6) can become an administrator in 2 steps\n"
        "    1. passrole/lambda-create-invoke: pass role aws_iam_role.fn to a Lambda function that it"
        " creates\n"
        "       and invokes\n"
        '       iam:PassRole: statement "Pass" of aws_iam_policy.deploy (infra/main.tf:14:6)\n'
        "       lambda:CreateFunction, lambda:InvokeFunction: statement 1 of aws_iam_policy.deploy\n"
        "       (infra/main.tf:15:6)\n"
        "       also: passrole/lambda-create-event\n"
        "       and so is role aws_iam_role.fn\n"
        "    2. iam/put-role-policy: write a policy of its choice into itself\n"
        "       iam:PutRolePolicy: statement 1 of aws_iam_role_policy.fn (infra/main.tf:22:6)\n"
    ) in text


def test_what_is_possible_says_so_and_on_what_it_depends():
    text = told(small())
    assert (
        "\n\nidentity provider token.actions.githubusercontent.com may become an administrator in 1 step\n"
        "    enter by the trust policy of aws_iam_role.ops\n"
    ) in text
    assert "    depends on: var.repository\n" in text


def test_chains_of_several_roots_stand_under_their_root():
    picture = small()
    ops = picture.spots[0]._replace(root="ops")
    text = told(picture._replace(spots=(ops, *picture.spots[1:])))
    heads = [line for line in text.splitlines() if line.endswith(":") and line[0] != " "]
    assert heads == ["in ops:", "in infra:", "from outside:", "in ops:"]


def test_the_last_lines_count_and_name_what_is_not_in_view():
    assert told(small()).endswith(
        "2 of 4 principals in view can become an administrator\n"
        "role aws_iam_role.ops is an administrator by its own policies\n"
        "looked at 4 principals, 1 workload and 9 steps between them\n"
        "not in view: module.vpc: the module is not installed: run 'terraform get' in infra\n"
    )


def test_a_clean_graph_says_what_it_looked_at():
    assert told(EMPTY) == (
        "no principal in view can become another that may do more\n"
        "looked at 14 principals, 3 workloads and 9 steps between them\n"
    )
    assert told(EMPTY._replace(tally=Tally())).startswith("no principal is in view\n")


def test_from_one_a_tree_is_told():
    whole = small()
    tracks = (whole.tracks[0], Track((0,), "none", "proven"), whole.tracks[3])
    lines = told(whole._replace(source="user aws_iam_user.dev", tracks=tracks)).splitlines()
    assert [line for line in lines if "become" in line or " have" in line] == [
        "    can become role aws_iam_role.fn",
        "        can have every permission in account 111122223333",
        "    can become role aws_iam_role.reader",
        "user aws_iam_user.dev can become 2 others and have every permission",
    ]
    assert lines[0] == "user aws_iam_user.dev (infra/main.tf:3:6)"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (
            {"source": "user x", "goal": "role y"},
            "no chain in view by which user x becomes role y; see leastwise why",
        ),
        (
            {"source": "user x", "goal": "admin"},
            "no chain in view by which user x becomes an administrator",
        ),
        ({"source": "user x"}, "user x can become nobody else"),
        ({"goal": "role y"}, "nobody in view can become role y"),
        ({"goal": "admin"}, "no principal in view can become another that may do more"),
    ],
)
def test_a_question_without_chains_is_answered(changes, sentence):
    assert told(EMPTY._replace(**changes)).startswith(sentence)


def test_those_who_go_the_same_way_are_told_once():
    text = told(large())
    assert "\nand 148 more chains (--show-all)\n" in text
    assert (
        "user aws_iam_user.person_001, user aws_iam_user.person_061, user aws_iam_user.person_121 and"
        " user\naws_iam_user.person_181\n  can become an administrator in 2 steps\n"
    ) in told(large(), show_all=True)
    assert text.count(" become an administrator in ") == 20
    assert "--show-all" not in told(large(), show_all=True)


def test_hostile_names_neither_break_lines_nor_colour_them():
    text = told(hostile())
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert HOSTILE not in text
    assert "\\u{1b}[31m" in text


def test_environments_are_told_together_and_named():
    picture = small()
    dev, fn, admin, *rest = picture.spots
    spots = (dev._replace(environment="dev"), fn, admin, *rest, dev._replace(environment="prod"))
    again = picture.arrows[0]._replace(source=len(spots) - 1)
    tracks = (picture.tracks[0], Track((len(picture.arrows), 1), "admin", "proven"))
    text = told(picture._replace(spots=spots, arrows=(*picture.arrows, again), tracks=tracks))
    assert text.startswith(
        "user aws_iam_user.dev in dev and prod (infra/main.tf:3:6)"
        " can become an administrator in 2 steps\n"
    )
    assert text.count("become an administrator in") == 1


def test_calls_of_one_module_are_told_once_with_what_each_becomes_left_out():
    picture = small()
    twins = tuple(
        spot._replace(label=f"module.b.{spot.label}", root="other") for spot in picture.spots[:2]
    )
    first = len(picture.spots)
    again = picture.arrows[0]._replace(source=first, target=first + 1)
    tracks = (Track((0,), "strong", "proven"), Track((4,), "strong", "proven"))
    text = told(
        picture._replace(
            spots=(*picture.spots, *twins), arrows=(*picture.arrows, again), tracks=tracks
        )
    )
    assert "likewise, each another: user module.b.aws_iam_user.dev in other\n" in text


def test_what_gives_nobody_is_told_as_a_gain():
    picture = small()
    spots = (*picture.spots, Spot("widened", "Rewrite a resource policy"))
    arrow = picture.arrows[0]._replace(target=len(spots) - 1)
    gains = "control over permissions or credentials"
    tracks = (Track((4,), "strong", "proven", gains),)
    picture = picture._replace(spots=spots, arrows=(*picture.arrows, arrow), tracks=tracks)
    assert f"can gain {gains} in 1 step" in told(picture)
    tree = told(picture._replace(source="user aws_iam_user.dev"))
    assert "\n    passrole/lambda-create-invoke: can pass role" in tree
    assert "user aws_iam_user.dev can become nobody else\n" in tree


def test_other_ways_of_an_outsider_are_counted():
    picture = small()
    tracks = (picture.tracks[2]._replace(more=3),)
    assert "in 1 step, and in 3 other ways\n" in told(picture._replace(tracks=tracks))
