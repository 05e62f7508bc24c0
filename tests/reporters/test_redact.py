import pytest
from hypothesis import given
from hypothesis import strategies as st

from leastwise.reporters.redact import redact

# Put together here so that no scanner takes this file for a leak.
KEY_ID = "AKIA" + "IOSFODNN7EXAMPLE"
PEM = "-----" + "BEGIN RSA PRIVATE KEY-----"
PEM_END = "-----" + "END RSA PRIVATE KEY-----"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f'access_key = "{KEY_ID}"', 'access_key = "********************"'),
        (f"# {KEY_ID}", "# AKIA****************"),
        ("ASIA" + "A" * 16 + ".", "ASIA" + "*" * 16 + "."),
        ('password = "hunter2"', 'password = "*******"'),
        ("db_password='hunter2'", "db_password='*******'"),
        ('"MasterUserPassword": "a\\"b"', '"MasterUserPassword": "****"'),
        ("MasterUserPassword: hunter2 # c", "MasterUserPassword: ***********"),
        ('api_token  = "x', 'api_token  = "*'),
        (f"{PEM}\nMIIE\r\nabc\n{PEM_END}\nrest", f"{PEM}\n****\r\n***\n{PEM_END}\nrest"),
        (f"x {PEM}\nMII", f"x {PEM}\n***"),
        (f"{PEM[:-5]}", f"{PEM[:-5]}"),
    ],
)
def test_secrets_become_stars(text, shown):
    assert redact(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        '"token.actions.githubusercontent.com:sub" = "repo:acme/infra:*"',
        'actions = ["secretsmanager:GetSecretValue", "sts:GetSessionToken"]',
        'secret_arn = "arn:aws:secretsmanager:us-east-1:111122223333:secret:x"',
        "password = var.db_password",
        "SecretString: !Ref Password",
        'token = ""',
        "XAKIA" + "A" * 16,
        "AKIA" + "A" * 17,
    ],
)
def test_policies_and_references_stay_readable(text):
    assert redact(text) == text


@given(st.text(alphabet=st.sampled_from(list("password=:\"' \n-BEGINEND\\AKIA12")), max_size=80))
def test_length_and_line_breaks_stay(text):
    shown = redact(text)
    assert len(shown) == len(text)
    assert [i for i, c in enumerate(shown) if c in "\r\n"] == [
        i for i, c in enumerate(text) if c in "\r\n"
    ]


def test_hostile_text_is_read_in_linear_time():
    for piece in ("password", "token =", 'secret="', PEM, "A", "password: "):
        redact(piece * (400_000 // len(piece)))
