"""Cloud assemblies, as the AWS CDK synthesizes them: manifests, stacks, constructs."""
