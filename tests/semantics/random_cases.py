"""Make random cases for ``leastwise can --cases``: all layers, operators and principals.

The request comes first; policies are then made of what it asks, generalised, spoiled or taken
from elsewhere, so that every outcome is frequent. A seed gives the same cases everywhere.
"""

import base64

HOME, AWAY = "111122223333", "444455556666"

CALLERS = (
    (6, "arn:aws:iam::{a}:user/bob"),
    (3, "arn:aws:iam::{a}:user/app/team/bob"),
    (7, "arn:aws:sts::{a}:assumed-role/deployer/run-7"),
    (2, "arn:aws:sts::{a}:assumed-role/Reader/bob@example.com"),
    (2, "arn:aws:iam::{a}:role/ci/deployer"),
    (1, "arn:aws:iam::{a}:role/Reader"),
    (1, "arn:aws:iam::{a}:root"),
    (1, "arn:aws:sts::{a}:federated-user/bob"),
    (2, "lambda.amazonaws.com"),
    (1, "cloudtrail.amazonaws.com"),
    (2, "anonymous"),
)
PROVIDERS = (
    "arn:aws:iam::{a}:saml-provider/corp",
    "arn:aws:iam::{a}:oidc-provider/token.actions.githubusercontent.com",
    "accounts.google.com",
)
# What is asked for: weight, action, resource.
TARGETS = (
    (5, "s3:GetObject", "arn:aws:s3:::shop/bob/a.txt"),
    (2, "s3:GetObject", "arn:aws:s3:::shop/team-x/2026:05/b c.txt"),
    (2, "s3:PutObject", "arn:aws:s3:::Shop-logs/a/b/c"),
    (3, "s3:ListBucket", "arn:aws:s3:::shop"),
    (3, "sqs:SendMessage", "arn:aws:sqs:eu-west-1:{r}:orders"),
    (2, "sns:Publish", "arn:aws:sns:us-east-1:{r}:alerts.fifo"),
    (3, "kms:Decrypt", "arn:aws:kms:us-east-1:{r}:key/1234abcd-12ab"),
    (1, "kms:CreateAlias", "arn:aws:kms:us-east-1:{r}:alias/bob"),
    (4, "sts:AssumeRole", "arn:aws:iam::{r}:role/ci/deployer"),
    (1, "sts:TagSession", "arn:aws:iam::{r}:role/admin"),
    (2, "sts:AssumeRoleWithWebIdentity", "arn:aws:iam::{r}:role/ci/deployer"),
    (1, "sts:AssumeRoleWithSAML", "arn:aws:iam::{r}:role/admin"),
    (2, "iam:PassRole", "arn:aws:iam::{r}:role/ci/deployer"),
    (1, "iam:CreateAccessKey", "arn:aws:iam::{r}:user/bob"),
    (2, "ec2:TerminateInstances", "arn:aws:ec2:us-east-1:{r}:instance/i-0a"),
    (2, "ec2:DescribeInstances", "*"),
    (2, "lambda:InvokeFunction", "arn:aws:lambda:us-east-1:{r}:function:resize:live"),
    (2, "dynamodb:GetItem", "arn:aws:dynamodb:us-east-1:{r}:table/bob"),
    (1, "secretsmanager:GetSecretValue", "arn:aws:secretsmanager:us-east-1:{r}:secret:db-a1B2c3"),
    (1, "execute-api:Invoke", "arn:aws-cn:execute-api:cn-north-1:{r}:x1/prod/GET/pets"),
)
RESOURCE_POLICY_SERVICES = frozenset(["s3", "sqs", "sns", "kms", "sts", "lambda", "secretsmanager"])

# Condition keys: the family of operators they are meant for, and values they may have.
KEYS = {
    "aws:username": ("String", ("bob", "alice", "Bob")),
    "aws:PrincipalTag/team": ("String", ("team-x", "x", "*", "bob", "te?m-x", "")),
    "aws:UserAgent": ("String", ("cli", "CLI/2.0", "console (x)", "a+b", "$bob", "naïve", "${x}")),
    "aws:SourceVpce": ("String", ("vpce-1a2b", "vpce-9")),
    "sts:ExternalId": ("String", ("abc123", "a*c")),
    "aws:SourceAccount": ("String", (HOME, AWAY)),
    "s3:max-keys": ("Numeric", ("10", "10.0", "100", "-3", "0.5", "9")),
    "aws:MultiFactorAuthAge": ("Numeric", ("300", "3600")),
    "aws:CurrentTime": (
        "Date",
        ("2026-05-01T00:00:00Z", "2026-12-31T23:59:59Z", "2025-01-01", "2026-05-01T02:00:00+02:00"),
    ),
    "aws:EpochTime": ("Date", ("1777593600", "1798761599")),
    "aws:SecureTransport": ("Bool", ("true", "false", "True")),
    "aws:MultiFactorAuthPresent": ("Bool", ("true", "false")),
    "aws:SourceIp": (
        "Ip",
        ("10.0.0.7", "203.0.113.9", "192.168.255.255", "2001:db8::1", "2001:DB8:0:0::7", "::1"),
    ),
    "aws:VpcSourceIp": ("Ip", ("10.1.2.3", "fd00::8")),
    "aws:SourceArn": (
        "Arn",
        (
            f"arn:aws:sns:us-east-1:{HOME}:alerts",
            f"arn:aws:lambda:us-east-1:{AWAY}:function:resize:live",
            "arn:aws:s3:::shop",
        ),
    ),
    "aws:PrincipalArn": ("Arn", (f"arn:aws:iam::{HOME}:role/ci/deployer",)),
    "aws:TagKeys": ("String", (["team"], ["team", "cost"], ["Team", "env", "x"], [])),
    "aws:PrincipalOrgPaths": ("String", (["o-1/r-1/ou-1/"], ["o-1/r-1/", "o-1/r-2/ou-9/"])),
    "dynamodb:LeadingKeys": ("String", (["bob"], ["bob", "alice"], "bob")),
    "example:blob": ("Binary", (base64.b64encode(b"bob").decode(), "AAECAw==", "AAECAw")),
}
OTHERS = {
    "String": ("other", "b*", "?ob", "${aws:username}", "${aws:PrincipalTag/team, 'x'}", "*"),
    "Numeric": ("10", "50", "99.5", "-3", "010", "300.0"),
    "Date": ("2026-05-01T00:00:00Z", "2026-06-30", "2027-01-01T00:00:00.5Z", "1777593600"),
    "Bool": ("true", "false", "TRUE", "${aws:SecureTransport}"),
    "Ip": ("10.0.0.0/8", "10.0.0.7", "203.0.113.8/31", "2001:db8::/32", "::1/128", "0.0.0.0/0"),
    "Arn": (
        "arn:aws:sns:*:*:*",
        f"arn:aws:s*:us-east-?:{HOME}:al*",
        "arn:aws:lambda:*:*:function:*",
        "arn:aws:s3:::*",
        "arn:aws:s3*",
        f"arn:aws:iam::{HOME}:role/*",
        "arn:aws:s3:::${aws:username}",
    ),
    "Binary": ("Ym9i", "AAECAw==", "AAECBA=="),
}
OPERATORS = {
    "String": (
        "StringEquals",
        "StringNotEquals",
        "StringLike",
        "StringNotLike",
        "StringEqualsIgnoreCase",
        "StringNotEqualsIgnoreCase",
    ),
    "Numeric": tuple(
        f"Numeric{n}"
        for n in [
            "Equals",
            "NotEquals",
            "LessThan",
            "LessThanEquals",
            "GreaterThan",
            "GreaterThanEquals",
        ]
    ),
    "Date": tuple(
        f"Date{n}"
        for n in [
            "Equals",
            "NotEquals",
            "LessThan",
            "LessThanEquals",
            "GreaterThan",
            "GreaterThanEquals",
        ]
    ),
    "Bool": ("Bool",),
    "Ip": ("IpAddress", "NotIpAddress"),
    "Arn": ("ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike"),
    "Binary": ("BinaryEquals",),
}


def case(chance):
    """Make one case; ``chance`` is a ``random.Random``."""
    request = _request(chance)
    service = request["action"].lower().partition(":")[0]
    found = {"request": request}
    known = request["principal"].startswith("arn:") and "provider/" not in request["principal"]
    if known and chance.random() < 0.95:
        found["identityPolicies"] = [
            _policy(chance, request, "identity", 0.8) for _ in range(chance.choice((1, 1, 1, 2)))
        ]
    if chance.random() < (0.8 if service in RESOURCE_POLICY_SERVICES or not known else 0.1):
        found["resourcePolicy"] = _policy(chance, request, "resource", 0.8)
    if known and chance.random() < 0.25:
        found["boundaries"] = [_policy(chance, request, "boundary", 0.85)]
    if known and chance.random() < 0.25:
        found["sessionPolicy"] = _policy(chance, request, "session", 0.85)
    if chance.random() < 0.25:
        found["endpointPolicies"] = [_policy(chance, request, "endpoint", 0.9)]
    if request["principal"] != "anonymous" and chance.random() < 0.3:
        found["scps"] = _levels(chance, request, "scp")
    if chance.random() < 0.2:
        found["rcps"] = _levels(chance, request, "rcp")
    return found


def cases(chance, number):
    """Yield ``number`` cases with their ids."""
    for index in range(number):
        yield {"id": index, **case(chance)}


def _weighted(chance, rows):
    return chance.choices(rows, [row[0] for row in rows])[0][1:]


def _request(chance):
    home = HOME if chance.random() < 0.93 else AWAY
    owner = home if chance.random() < 0.72 else chance.choice((HOME, AWAY))
    (caller,) = _weighted(chance, CALLERS)
    action, resource = _weighted(chance, TARGETS)
    if action.startswith("sts:AssumeRoleWith"):
        caller = chance.choice((*PROVIDERS, caller))
    if chance.random() < 0.1:
        action = _odd_case(chance, action)
    context = {}
    for key, (_, values) in KEYS.items():
        if chance.random() < 0.7:
            context[_odd_case(chance, key) if chance.random() < 0.05 else key] = chance.choice(
                values
            )
    request = {
        "principal": caller.format(a=home),
        "action": action,
        "resource": {"resource": resource.format(r=owner), "accountId": owner},
        "context": context,
    }
    if resource == "*":
        # For the simulator: an action without resource types, not a request for many resources.
        request["wildcardOnlyAction"] = True
    return request


def _levels(chance, request, kind):
    return [
        {
            "orgIdentifier": f"level-{number}",
            "policies": [
                _policy(chance, request, kind, 0.9) for _ in range(chance.choice((1, 1, 2)))
            ],
        }
        for number in range(chance.choice((1, 2, 2, 3)))
    ]


def _policy(chance, request, kind, fitting):
    """Make a policy; ``fitting`` is how often its first Allow is made to fit the request."""
    if kind in ("scp", "rcp", "endpoint", "boundary") and chance.random() < 0.5:
        statements = [_everything(kind)]
    else:
        statements = [_statement(chance, request, kind, "Allow", chance.random() < fitting)]
    if chance.random() < 0.3:
        statements.append(_statement(chance, request, kind, "Allow", fits=False))
    if chance.random() < 0.3:
        statements.append(_statement(chance, request, kind, "Deny", chance.random() < 0.4))
    chance.shuffle(statements)
    found = {"Statement": statements[0] if len(statements) == 1 else statements}
    version = chance.choice(("2012-10-17",) * 10 + ("2008-10-17", None))
    return {"Version": version, **found} if version else found


def _everything(kind):
    found = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    return {**found, "Principal": "*"} if kind in ("rcp", "endpoint") else found


def _statement(chance, request, kind, effect, fits):
    found = {"Effect": effect}
    if kind == "resource":
        found |= _principals(chance, request, effect, fits)
    elif kind in ("rcp", "endpoint"):
        found["Principal"] = chance.choice(("*", "*", {"AWS": "*"}))
    negated = chance.random() < 0.12
    found["NotAction" if negated else "Action"] = _some(
        chance, lambda near: _action(chance, request["action"], near), fits != negated
    )
    service, _, name = request["action"].lower().partition(":")
    trust = kind == "resource" and service == "sts" and name != "getcalleridentity"
    if not trust or chance.random() < 0.05:
        negated = chance.random() < 0.12
        found["NotResource" if negated else "Resource"] = _some(
            chance, lambda near: _resource(chance, request, near), fits != negated
        )
    if chance.random() < 0.55:
        found["Condition"] = _conditions(chance, request["context"], fits)
    return found


def _some(chance, make, near):
    """Make a string or a list of them; one of them is near to the request, if so wished."""
    length = chance.choice((1, 1, 2, 3))
    found = [make(near and i == 0) for i in range(length)]
    chance.shuffle(found)
    return found[0] if length == 1 and chance.random() < 0.6 else found


def _odd_case(chance, text):
    return "".join(chance.choice((c.lower(), c.upper())) for c in text)


def _action(chance, action, near):
    if not near:
        action = chance.choice(TARGETS)[1]
    service, _, name = action.partition(":")
    at = chance.randrange(len(name))
    made = chance.choice(
        (
            action,
            action,
            f"{service}:*",
            f"{service}:{name[:at]}*",
            f"{service}:*{name[at:]}",
            f"{service}:{name[:at]}?{name[at + 1 :]}",
            f"{service}:{name[:at]}*{name[at + 1 :]}",
            _odd_case(chance, action),
            "*",
        )
    )
    return f"{service[:1]}*:{name}" if chance.random() < 0.01 else made


def _resource(chance, request, near):
    resource, context = request["resource"]["resource"], request["context"]
    if not near:
        resource = chance.choice(TARGETS)[2].format(r=chance.choice((HOME, AWAY)))
    if resource == "*" or chance.random() < 0.1:
        return "*"
    parts = resource.split(":", 5)
    roll = chance.random()
    if roll < 0.2:
        return resource
    if roll < 0.3:
        index = chance.choice((1, 2, 3, 4))
        parts[index] = chance.choice(("*", _spoiled(chance, parts[index]), "?" * len(parts[index])))
    elif roll < 0.36:
        return ":".join(parts[: chance.choice((1, 2, 3, 4, 5))]) + chance.choice(("", "*", ":*"))
    elif roll < 0.4:
        parts[chance.choice((2, 3, 5))] = _odd_case(chance, parts[5])
    elif roll < 0.43:
        parts[2] = _odd_case(chance, parts[2])
    if chance.random() < 0.35:
        parts[5] = _with_variable(chance, parts[5], context)
    elif chance.random() < 0.7:
        parts[5] = _spoiled(chance, parts[5])
    return ":".join(parts)


def _spoiled(chance, text):
    """Put wildcards into a string, most often such that it still matches."""
    at = chance.randrange(len(text) + 1)
    return chance.choice(
        (
            "*",
            text[:at] + "*",
            "*" + text[at:],
            text[:at] + "*" + text[at + 1 :],
            text[:at] + "?" + text[at + 1 :],
            text[:at] + "?*" + text[at:],
            text[:at] + "**" + text[at:],
            text + "?",
        )
    )


def _with_variable(chance, text, context):
    """Replace a part of a string by a variable, if possible by one that has that value."""
    fitting = [k for k, v in context.items() if isinstance(v, str) and v and v in text]
    if fitting and chance.random() < 0.8:
        key = chance.choice(fitting)
        default = chance.choice(("", "", ", 'bob'", ", 'x*'"))
        return text.replace(context[key], f"${{{_spelled(chance, key)}{default}}}", 1)
    at = chance.randrange(len(text) + 1)
    key = chance.choice(("aws:username", "aws:PrincipalTag/none", "aws:TagKeys", "aws:UserAgent"))
    default = chance.choice(("", f", '{text[at:]}'", ", 'x'"))
    tail = chance.choice((f"${{{key}{default}}}", "${*}", "${?}", "${$}", "${", "$"))
    return text[:at] + tail


def _spelled(chance, key):
    return _odd_case(chance, key) if chance.random() < 0.1 else key


def _principals(chance, request, effect, fits):
    if chance.random() < (0.12 if effect == "Deny" else 0.05):
        listed = [_principal(chance, request, near=False) for _ in range(chance.choice((1, 2)))]
        if not fits:
            listed += _covering(request["principal"])[: chance.choice((1, 2, 3))]
        return {"NotPrincipal": _by_type(chance, listed)}
    length = chance.choice((1, 1, 1, 2, 3))
    listed = [_principal(chance, request, near=fits and i == 0) for i in range(length)]
    if ("*", "*") in listed:
        return {"Principal": "*"}
    return {"Principal": _by_type(chance, listed)}


def _by_type(chance, listed):
    found = {}
    for kind, name in listed:
        found.setdefault("AWS" if kind == "*" else kind, []).append(name)
    return {
        kind: names[0] if len(names) == 1 and chance.random() < 0.5 else names
        for kind, names in found.items()
    }


def _covering(caller):
    """List what covers a caller: its own name, its role, its account."""
    kind = _kind_of(caller)
    if caller == "anonymous":
        return [("*", "*")]
    if kind != "AWS":
        return [(kind, caller)]
    parts = caller.split(":", 5)
    found = [(kind, caller)]
    if parts[5].startswith("assumed-role/"):
        path = "ci/" if "deployer" in parts[5] else ""
        role = parts[5].split("/")[1]
        found.append((kind, f"arn:aws:iam::{parts[4]}:role/{path}{role}"))
    return [*found, (kind, f"arn:aws:iam::{parts[4]}:root"), (kind, parts[4])]


def _kind_of(caller):
    if "-provider/" in caller or caller == "accounts.google.com":
        return "Federated"
    return "AWS" if caller.startswith("arn:") else "Service"


def _principal(chance, request, near):
    caller = request["principal"]
    if chance.random() < 0.15:
        return chance.choice((("*", "*"), ("AWS", "*")))
    if near:
        return chance.choice(_covering(caller))
    (other,) = _weighted(chance, CALLERS)
    other = chance.choice((other, *PROVIDERS)).format(a=chance.choice((HOME, AWAY)))
    if other == "anonymous":
        return ("CanonicalUser", "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be")
    kind = _kind_of(other)
    if kind == "AWS" and chance.random() < 0.15:
        other = chance.choice((_spoiled(chance, other), _odd_case(chance, other)))
    return (kind, other)


def _conditions(chance, context, fits):
    found = {}
    for _ in range(chance.choice((1, 1, 2, 3))):
        key = chance.choice(tuple(KEYS))
        family, operator = _operator(chance, KEYS[key][0])
        near = fits and chance.random() < 0.9
        values = _values(chance, context, key, (family, operator), near=near)
        found.setdefault(operator, {})[_spelled(chance, key)] = values
    return found


def _operator(chance, family):
    """Choose an operator, most often one that is meant for the key, and tell its family."""
    if chance.random() < 0.08:
        return "Null", "Null"
    if chance.random() < 0.05:
        family = chance.choice(tuple(OPERATORS))
    operator = chance.choice(OPERATORS[family])
    if chance.random() < 0.22:
        operator = chance.choice(("ForAllValues:", "ForAnyValue:")) + operator
    if chance.random() < 0.25:
        operator += "IfExists"
    return family, _odd_case(chance, operator) if chance.random() < 0.03 else operator


def _values(chance, context, key, operator, *, near):
    """Make values that the operator can read; near ones hold for the request, mostly."""
    family, name = operator
    given = context.get(key)
    if family == "Null":
        right = "false" if key in context else "true"
        return right if near else chance.choice(("true", "false", ["true", "false"], "True"))
    values = list(chance.sample(OTHERS[family], chance.choice((1, 1, 2))))
    if near and given and family == KEYS[key][0] and "not" not in name.lower():
        value = given if isinstance(given, str) else chance.choice(given)
        if ("like" in name.lower() or family == "Arn") and chance.random() < 0.6:
            value = _spoiled_arn(chance, value)
        values[0] = value
        if not isinstance(given, str) and chance.random() < 0.5:
            values = [*given]
    chance.shuffle(values)
    return values[0] if len(values) == 1 and chance.random() < 0.6 else values


def _spoiled_arn(chance, text):
    if not text.startswith("arn:"):
        return _spoiled(chance, text)
    parts = text.split(":", 5)
    index = chance.choice((2, 3, 4, 5))
    parts[index] = _spoiled(chance, parts[index])
    return ":".join(parts)
