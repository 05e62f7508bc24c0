"""A connector with too many destinations is told and cut."""

from leastwise.config.model import Config
from leastwise.frontends import cloudformation
from leastwise.iam.project import Root
from leastwise.source.tree import MemoryTree


def test_a_connector_leads_to_500_destinations_at_most():
    ends = ", ".join(["{Id: Data}"] * 501)
    text = f"""Transform: AWS::Serverless-2016-10-31
Resources:
  Data: {{Type: AWS::DynamoDB::Table}}
  App: {{Type: AWS::Serverless::Function, Properties: {{Handler: a, Runtime: python3.13}}}}
  Link:
    Type: AWS::Serverless::Connector
    Properties: {{Source: {{Id: App}}, Permissions: [Read], Destination: [{ends}]}}
"""
    tree = MemoryTree({"t.yaml": text.encode()})
    project = cloudformation.load(Root("cloudformation", "t.yaml"), tree, Config())
    assert [d.severity for d in project.diagnostics if "first 500" in d.message] == ["error"]
    assert len([p for p in project.policies if p.kind == "identity"]) == 500
