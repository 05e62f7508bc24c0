"""What the CDK writes into the Metadata of a resource: its construct, the file of a nested stack.

Source: "Constructs and the construct tree", AWS CDK Developer Guide (``aws:cdk:path``).
"""

from leastwise.frontends.cloudformation.syntax.template import Declaration
from leastwise.source.value import Mapping, Text

_PATH = "aws:cdk:path"


def construct_path(declared: Declaration) -> str:
    """Return the path of the construct that a resource comes from; empty without the CDK."""
    metadata = declared.body.get("Metadata")
    path = metadata.get(_PATH) if isinstance(metadata, Mapping) else None
    return (path.literal or "") if isinstance(path, Text) else ""


def asset_path(declared: Declaration) -> str:
    """Return the local file that a nested stack is uploaded from; empty when none is named.

    Source: "Assets and the AWS CDK", AWS CDK Developer Guide (``aws:asset:path``).
    """
    metadata = declared.body.get("Metadata")
    path = metadata.get("aws:asset:path") if isinstance(metadata, Mapping) else None
    property_name = metadata.get("aws:asset:property") if isinstance(metadata, Mapping) else None
    if isinstance(property_name, Text) and property_name.literal != "TemplateURL":
        return ""
    return (path.literal or "") if isinstance(path, Text) else ""
