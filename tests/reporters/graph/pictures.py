"""Pictures to be shown: a small account, a large one, one with hostile names, an empty one."""

from leastwise.reporters.graph.picture import Arrow, Call, Picture, Spot, Tally, Track
from leastwise.reporters.story import Cited, Places
from leastwise.source.span import Span, source_file

FILE = source_file("infra/main.tf", b"\n".join(b"line %d" % n for n in range(1, 60)))
PLACES = Places({FILE.path: FILE}.get, "")
HOSTILE = "x\"];end --> <script>alert('1')</script>\n\x1b[31m`a`|}{%%\u202e#quot;"


def at(line):
    """Return the span of the number in one line of the file."""
    start = FILE.line_starts[line - 1]
    return Span(FILE.path, start + 5, start + 6)


def allowed(line, policy="aws_iam_policy.deploy", statement="statement 1"):
    """Cite a statement that allows something."""
    return Cited("identity", "allows", policy, statement, "allows it", at(line))


def small():
    """Return what a developer can do by way of a function and a policy."""
    spots = (
        Spot("user", "aws_iam_user.dev", "arn:aws:iam::111122223333:user/dev", at(3), "infra"),
        Spot("role", "aws_iam_role.fn", "arn:aws:iam::111122223333:role/fn", at(9), "infra"),
        Spot("admin", "every permission in account 111122223333", root="infra"),
        Spot("role", "aws_iam_role.ops", "", at(30), "infra", "proven"),
        Spot("federated", "token.actions.githubusercontent.com"),
        Spot("role", "aws_iam_role.reader", "", at(40), "infra"),
    )
    arrows = (
        Arrow(
            0,
            1,
            "passrole/lambda-create-invoke",
            "pass role aws_iam_role.fn to a Lambda function that it creates and invokes",
            "proven",
            (
                Call("iam:PassRole", cited=(allowed(14, statement='statement "Pass"'),)),
                Call("lambda:CreateFunction", cited=(allowed(15),)),
                Call("lambda:InvokeFunction", cited=(allowed(15),)),
            ),
            also=("passrole/lambda-create-event",),
        ),
        Arrow(
            1,
            2,
            "iam/put-role-policy",
            "write a policy of its choice into itself",
            "proven",
            (Call("iam:PutRolePolicy", cited=(allowed(22, "aws_iam_role_policy.fn"),)),),
        ),
        Arrow(
            4,
            3,
            "",
            "enter by the trust policy of aws_iam_role.ops",
            "possible",
            (Call("sts:AssumeRoleWithWebIdentity", cited=(allowed(31, "aws_iam_role.ops"),)),),
            ("var.repository",),
        ),
        Arrow(
            0,
            5,
            "sts/assume-role",
            "assume role aws_iam_role.reader",
            "proven",
            (Call("sts:AssumeRole", cited=(allowed(16),)),),
        ),
    )
    tracks = (
        Track((0, 1), "admin", "proven"),
        Track((1,), "admin", "proven"),
        Track((2,), "admin", "possible"),
        Track((3,), "ordinary", "proven", "other data or resources (s3:GetObject)"),
    )
    return Picture(
        spots,
        arrows,
        tracks,
        Tally(principals=4, workloads=1, steps=9, able=2),
        administrators=(spots[3],),
        not_in_view=(("module.vpc: the module is not installed", "run 'terraform get' in infra"),),
    )


def large(users=200, roles=60):
    """Return an account in which many users reach some roles that reach an administrator."""
    spots = [Spot("admin", "every permission in account 111122223333")]
    spots += [Spot("role", f"aws_iam_role.service_{n:03}", root="infra") for n in range(roles)]
    spots += [Spot("user", f"aws_iam_user.person_{n:03}", root="infra") for n in range(users)]
    arrows, tracks = [], []
    for n in range(roles):
        path = ("iam/put-role-policy", "iam/attach-role-policy", "iam/create-policy-version")[n % 3]
        arrows.append(Arrow(1 + n, 0, path, "change what it may do", "proven"))
        tracks.append(Track((n,), "admin", "proven"))
    for n in range(users):
        sure = "possible" if n % 7 == 0 else "proven"
        first = 1 + (n * 7) % roles
        path = ("sts/assume-role", "passrole/ec2-run-instances", "lambda/update-function-code")[
            n % 3
        ]
        arrows.append(Arrow(1 + roles + n, first, path, f"become role {first}", sure))
        tracks.append(Track((len(arrows) - 1, first - 1), "admin", sure))
    tally = Tally(users + roles, 12, 1_234, users + roles, 0)
    return Picture(tuple(spots), tuple(arrows), tuple(tracks), tally)


def hostile():
    """Return a picture whose every string was written by an attacker."""
    spots = (
        Spot("user", HOSTILE, HOSTILE, root=HOSTILE),
        Spot("role", "end", "", None, HOSTILE),
        Spot("anyone", HOSTILE),
    )
    cited = Cited(HOSTILE, "allows", HOSTILE, HOSTILE, HOSTILE, None)
    arrows = (
        Arrow(0, 1, HOSTILE, HOSTILE, "proven", (Call(HOSTILE, None, (cited,)),), (HOSTILE,)),
        Arrow(2, 1, HOSTILE, HOSTILE, "possible", also=(HOSTILE,)),
    )
    tracks = (
        Track((0,), "strong", "proven", HOSTILE),
        Track((1,), "admin", "possible"),
    )
    return Picture(
        spots,
        arrows,
        tracks,
        Tally(2),
        HOSTILE,
        HOSTILE,
        spots[:1],
        1,
        (HOSTILE,),
        ((HOSTILE, HOSTILE),),
    )


EMPTY = Picture((), (), (), Tally(principals=14, workloads=3, steps=9))
