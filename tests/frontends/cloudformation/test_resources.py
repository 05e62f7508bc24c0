"""The resources of a template that people can name: all whose ARN has a form that is known."""

from leastwise.config.model import Config
from leastwise.frontends import cloudformation
from leastwise.iam.project import Root
from leastwise.source.tree import MemoryTree

TEMPLATE = """
AWSTemplateFormatVersion: '2010-09-09'
Conditions:
  Never: !Equals [a, b]
Resources:
  Data: {Type: 'AWS::S3::Bucket'}
  Jobs: {Type: 'AWS::SQS::Queue', Properties: {QueueName: jobs}}
  Key: {Type: 'AWS::KMS::Key'}
  Alias: {Type: 'AWS::KMS::Alias', Properties: {AliasName: alias/a, TargetKeyId: !Ref Key}}
  Api: {Type: 'AWS::ApiGateway::RestApi'}
  Site: {Type: 'AWS::CloudFront::Distribution'}
  Secret: {Type: 'AWS::SecretsManager::Secret', Properties: {Name: s}}
  Policy: {Type: 'AWS::IAM::ManagedPolicy', Properties: {ManagedPolicyName: p}}
  Gone: {Type: 'AWS::SNS::Topic', Condition: Never}
  Own: {Type: 'Custom::Thing'}
  Handle: {Type: 'AWS::CloudFormation::WaitConditionHandle'}
  Fleet: {Type: 'AWS::CodeBuild::Fleet'}
"""


def spelled(text):
    tree = MemoryTree({"t.yaml": text.encode()})
    found = cloudformation.resources(Root("cloudformation", "t.yaml"), tree, Config())
    return {resource.address: str(resource.arn) for resource in found}


def test_resources_of_all_types_have_the_arn_that_aws_gives_them():
    head = "arn:${AWS::Partition}:"
    here = "${AWS::Region}:${AWS::AccountId}:"
    assert spelled(TEMPLATE) == {
        "Data": head + "s3:::${Data}",
        "Jobs": head + f"sqs:{here}jobs",
        "Key": head + f"kms:{here}key/${{Key}}",
        "Alias": head + f"kms:{here}alias/a",
        "Api": head + "apigateway:${AWS::Region}::/restapis/${Api}",
        "Site": head + "cloudfront::${AWS::AccountId}:distribution/${Site}",
        "Secret": head + f"secretsmanager:{here}secret:s-${{Secret.suffix}}",
        "Policy": head + "iam::${AWS::AccountId}:policy/p",
    }
