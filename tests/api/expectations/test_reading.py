"""What a file of access expectations says, and what is told of one that is wrong."""

import pytest

from leastwise.api.environment import Environment
from leastwise.api.expectations.reading import read_expectations
from leastwise.source.span import locate, source_file

HEAD = "version: 1\nexpectations:\n"
GOOD = "  - public: never\n"


def read(text: str | bytes):
    data = text.encode() if isinstance(text, str) else text
    file = source_file("access.yaml", data)
    return file, read_expectations(file)


def told(text: str | bytes):
    """Return line, column and words of every problem, in order."""
    file, found = read(text)
    places = [(locate(file, p.span), p) for _, p in found.problems]
    return [(place.start_line, place.start_column, p.message, p.remedy) for place, p in places]


def test_every_kind_is_read():
    text = (
        HEAD
        + """\
  - name: reads
    because: it must
    principal: role/app
    can: {actions: s3:GetObject, resources: ["arn:aws:s3:::a/*", "arn:aws:s3:::b/*"]}
  - principal: [one, two]
    cannot: {actions: [iam:*], context: {aws:MultiFactorAuthPresent: false, aws:SourceIp: null, n: [1, x]}}
  - nobody: {can: {resources: "arn:aws:s3:::a/*"}, except: [admin]}
  - public: never
  - principal: "*"
    within: limit.json
"""
    )
    _, found = read(text)
    assert found.problems == ()
    assert [one.kind for one in found.items] == ["can", "cannot", "nobody", "public", "within"]
    reads, mfa, nobody, _, within = found.items
    assert (reads.title, reads.because) == ("reads", "it must")
    assert [r.text for r in reads.requests.resources] == ["arn:aws:s3:::a/*", "arn:aws:s3:::b/*"]
    assert [p.text for p in mfa.principals] == ["one", "two"]
    assert mfa.requests.context == (
        ("aws:multifactorauthpresent", ("false",)),
        ("aws:sourceip", None),
        ("n", ("1", "x")),
    )
    assert nobody.requests.actions == ()
    assert [p.text for p in nobody.principals] == ["admin"]
    assert within.reference is not None
    assert within.reference.text == "limit.json"


def test_expectation_without_a_name_is_called_by_what_it_says():
    text = HEAD + (
        "  - {principal: app, can: {actions: s3:GetObject}}\n"
        "  - {nobody: {can: {actions: [a:B, c:D, e:F], resources: r}, except: x}}\n"
        '  - {principal: "*", within: l.json}\n' + GOOD
    )
    assert [one.title for one in read(text)[1].items] == [
        "app can s3:GetObject on any resource",
        "nobody can a:B, c:D and 1 more on r except x",
        "* within its limit",
        "nothing is public",
    ]


def test_environment_is_read():
    text = f'environment: {{partition: aws-cn, account: "111122223333", region: cn-north-1}}\n{HEAD}{GOOD}'
    assert read(text)[1].environment == Environment("aws-cn", "111122223333", "cn-north-1")


def test_anchors_and_aliases_are_read():
    text = HEAD + (
        "  - principal: a\n    cannot: &no {actions: iam:*}\n  - principal: b\n    cannot: *no\n"
    )
    assert [one.requests.actions[0].text for one in read(text)[1].items] == ["iam:*", "iam:*"]


WRONG = {
    "empty": ("", [(1, 1, "the file is empty")]),
    "only a comment": ("# nothing\n", [(1, 1, "the file is empty")]),
    "a list": (
        "- 1\n",
        [(1, 1, "the file must be a mapping: what 'leastwise test' checks, not a list")],
    ),
    "no version": ("expectations:\n" + GOOD, [(1, 1, "the file needs 'version'")]),
    "another version": (
        "version: 2\nexpectations:\n" + GOOD,
        [(1, 10, "version must be 1, not 2")],
    ),
    "no expectations": ("version: 1\n", [(1, 1, "the file needs 'expectations'")]),
    "an empty list": (
        "version: 1\nexpectations: []\n",
        [
            (
                2,
                1,
                "expectations must be a list of expectations that is not empty, not an empty list",
            )
        ],
    ),
    "an unknown key": (
        HEAD + GOOD + "expect: 1\n",
        [(4, 1, "the file has the unknown key 'expect'")],
    ),
    "no mapping": (
        HEAD + "  - never\n",
        [(3, 5, "expectation 1 must be a mapping, not 'never'")],
    ),
    "no kind": (
        HEAD + "  - principal: app\n",
        [(3, 5, "expectation 1 says nothing, it needs one of its kinds")],
    ),
    "two kinds": (
        HEAD + "  - principal: app\n    can: {actions: a:B}\n    cannot: {actions: a:C}\n",
        [(3, 5, "expectation 1 says 'can' and 'cannot', it needs one of its kinds")],
    ),
    "no principal": (
        HEAD + "  - can: {actions: a:B}\n",
        [(3, 5, "expectation 1 needs 'principal'")],
    ),
    "a principal of nobody": (
        HEAD + "  - principal: app\n    nobody: {can: {actions: a:B}}\n",
        [(3, 5, "expectation 1 has the unknown key 'principal'")],
    ),
    "a number as action": (
        HEAD + "  - principal: app\n    can: {actions: 7}\n",
        [
            (
                4,
                20,
                (
                    "expectation 1: can.actions must be a string, or a list of strings that is not"
                    " empty, not 7"
                ),
            )
        ],
    ),
    "no actions that it can": (
        HEAD + "  - principal: app\n    can: {resources: r}\n",
        [(4, 5, "expectation 1: can needs 'actions'")],
    ),
    "nothing that it cannot": (
        HEAD + "  - principal: app\n    cannot: {}\n",
        [
            (
                4,
                5,
                (
                    "expectation 1: cannot must be a mapping with 'actions' or 'resources' or both, and"
                    " perhaps 'context', not a mapping"
                ),
            )
        ],
    ),
    "public at times": (
        HEAD + "  - public: sometimes\n",
        [(3, 13, "expectation 1: public must be never, not 'sometimes'")],
    ),
    "a deep context": (
        HEAD + "  - principal: app\n    cannot: {actions: a:B, context: {k: {l: m}}}\n",
        [
            (
                4,
                38,
                (
                    "expectation 1: cannot.context.k must be a value, a list of values, or null (the"
                    " request does not carry the key), not a mapping"
                ),
            )
        ],
    ),
    "an account without quotes": (
        f"environment: {{account: 111122223333}}\n{HEAD}{GOOD}",
        [
            (
                1,
                24,
                (
                    "environment.account must be an account number of 12 digits, in quotes, not"
                    " 111122223333"
                ),
            )
        ],
    ),
    "a key twice": (
        HEAD + "  - public: never\n    public: never\n",
        [(4, 5, "the key 'public' is given twice in one mapping; the last one is read, here")],
    ),
    "a tag": (HEAD + "  - public: !Never x\n", [(3, 13, "a tag means nothing in this file")]),
    "a Python object": (
        HEAD + "  - public: !!python/object/apply:os.system [id]\n",
        [(3, 13, "a tag means nothing in this file")],
    ),
    "two documents": (
        HEAD + GOOD + "---\nversion: 1\n",
        [(1, 1, "the file holds several documents")],
    ),
    "a tab": (HEAD + "\t- public: never\n", [(3, 1, "a tab is used for indentation")]),
    "a control character": (
        HEAD + "  - public: ne\x07ver\n",
        [(3, 15, "not YAML: control characters are not allowed")],
    ),
}


@pytest.mark.parametrize(("text", "problems"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_told_with_its_place(text, problems):
    assert [problem[:3] for problem in told(text)][: len(problems)] == problems
    assert all(remedy for *_, remedy in told(text))


@pytest.mark.parametrize("name", ["*", "*app"])
def test_asterisk_that_yaml_takes_for_an_alias_is_told(name):
    remedies = [row[3] for row in told(HEAD + f"  - principal: {name}\n    within: l.json\n")]
    assert remedies == ["put a string that begins with * in quotes: '*'"]


def test_near_names_are_offered():
    ((*_, remedy),) = told(HEAD + "  - principal: app\n    can: {action: a:B, actions: a:C}\n")
    assert remedy == "did you mean 'actions'?"


def test_other_expectations_count_beside_a_wrong_one():
    _, found = read(HEAD + "  - public: often\n" + GOOD + "  - nonsense\n" + GOOD)
    assert [one.number for one in found.items] == [2, 4]
    assert [number for number, _ in found.problems] == [1, 3]
    assert found.total == 4


def test_hostile_files_end_in_a_problem():
    bomb = "a: &a [x, x, x, x, x, x, x, x]\n" + "".join(
        f"{new}: &{new} [{', '.join([f'*{old}'] * 8)}]\n"
        for old, new in zip("abcdefgh", "bcdefghi", strict=True)
    )
    for text in (
        bomb,
        HEAD + "  - " + "[" * 5000,
        HEAD + "  - &x {public: *x}\n",
        b"\xff\xfe\x00version",
        b"version: 1\nexpectations: [\xc3\x28]",
        "version: 1" + "0" * 5000 + "\nexpectations: []",
    ):
        assert told(text), text[:40]
