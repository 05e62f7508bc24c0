"""What the help of a command says before and after its arguments: usage, example, exit codes."""

MANNERS: dict[str, tuple[str | None, str]] = {
    "can": (
        (
            "leastwise can PRINCIPAL ACTION RESOURCE [PATH ...] [OPTIONS]\n"
            "       leastwise can --cases FILE"
        ),
        (
            "Example: leastwise can aws_iam_role.app s3:GetObject 'arn:aws:s3:::data/*' infra/"
            " --context aws:SourceVpc=vpc-1. Exit codes: 0 allowed, 1 not allowed, 2 it depends,"
            " something was not analysed, or wrong use."
        ),
    ),
    "who": (
        "leastwise who ACTION RESOURCE [PATH ...] [OPTIONS]",
        (
            "Example: leastwise who iam:PassRole '*' infra/ (the quotes keep the shell from putting"
            " file names there). Exit codes: 0 answered, 2 something was not analysed, or wrong"
            " use."
        ),
    ),
    "why": (
        "leastwise why PRINCIPAL TARGET [PATH ...] [OPTIONS]",
        (
            "Example: leastwise why aws_iam_role.ci admin infra/. Exit codes: 0 it can, 1 it can't,"
            " 2 it depends, something was not analysed, or wrong use."
        ),
    ),
    "graph": (
        None,
        (
            "Example: leastwise graph --to admin --format html -o graph.html infra/. Exit codes: 0"
            " answered, 2 something was not analysed, or wrong use."
        ),
    ),
    "test": (
        "leastwise test FILE [PATH ...] [OPTIONS]",
        (
            "Exit codes: 0 all hold, 1 one fails, 2 one is not decided, something was not analysed,"
            " or wrong use."
        ),
    ),
    "compare": (
        None,
        (
            "Exit codes: 0 no new access, 1 new access, 2 undecided, a file is not one policy, or"
            " wrong use."
        ),
    ),
}
"""By command: its usage, None where argparse words it, and the last lines of its help."""
