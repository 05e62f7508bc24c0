"""Raw IAM JSON: policy documents, what AWS CLI commands print, and account dumps."""

from leastwise.frontends.iam_json.load import load
from leastwise.frontends.iam_json.recognise import roots

__all__ = ["load", "roots"]
