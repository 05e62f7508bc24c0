"""AWS::Serverless resources become the CloudFormation resources that AWS SAM makes of them."""
