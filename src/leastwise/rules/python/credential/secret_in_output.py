"""credential/secret-in-output: an output shows the secret of a credential.

Whoever may describe a stack reads its outputs; those of Terraform are in the state, and in what
``terraform output`` prints.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/outputs-section-structure.html
https://developer.hashicorp.com/terraform/language/values/outputs
"""

from leastwise.rules.cases import Case
from leastwise.rules.hits import Hit
from leastwise.rules.python.credential.ownership import user_named

STACK = "the output {subject} shows {secret}, a secret of {user}, to whoever may describe the stack"
STATE = "the output {subject} shows {secret}, a secret of {user}"


def decide(case: Case) -> tuple[Hit, ...]:
    """Make one hit for each output."""
    credential = case.credential
    if credential is None or credential.kind != "output":
        return ()
    root = case.view.project.owner(credential)
    in_stack = root is not None and root.kind == "cloudformation"
    words = {"secret": credential.shown_as, "user": user_named(credential)}
    hit = Hit("error" if in_stack else "warning", "proven", (), STACK if in_stack else STATE)
    return (hit._replace(words=words, span=credential.span, key=(credential.shown_as,)),)
