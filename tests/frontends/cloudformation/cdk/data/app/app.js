const cdk = require('aws-cdk-lib');
const { aws_iam: iam, aws_s3: s3, aws_lambda: lambda, aws_dynamodb: ddb } = cdk;

class Storage extends cdk.NestedStack {
  constructor(scope, id, props) {
    super(scope, id, props);
    this.bucket = new s3.Bucket(this, 'Documents');
    const role = new iam.Role(this, 'Archivist', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
    role.addToPolicy(new iam.PolicyStatement({ actions: ['s3:*'], resources: ['*'] }));
    props.reader && this.bucket.grantRead(props.reader);
  }
}
class Orders extends cdk.Stack {
  constructor(scope, id, props) {
    super(scope, id, props);
    const table = new ddb.Table(this, 'Table', { partitionKey: { name: 'id', type: ddb.AttributeType.STRING } });
    const fn = new lambda.Function(this, 'Handler', {
      runtime: lambda.Runtime.NODEJS_20_X, handler: 'index.handler',
      code: lambda.Code.fromInline('exports.handler = async () => {}'),
    });
    table.grantReadWriteData(fn);
    const deploy = new iam.Role(this, 'Deploy', { assumedBy: new iam.AccountRootPrincipal() });
    deploy.addManagedPolicy(iam.ManagedPolicy.fromAwsManagedPolicyName('AdministratorAccess'));
    new Storage(this, 'Storage', { reader: fn });
  }
}
class Dev extends cdk.Stage {
  constructor(scope, id, props) { super(scope, id, props); new Orders(this, 'Orders'); }
}
const app = new cdk.App();
new Orders(app, 'Shop', { env: { account: '111122223333', region: 'eu-west-1' } });
new Dev(app, 'Dev');
new Dev(app, 'Prod', { env: { account: '444455556666', region: 'eu-central-1' } });
app.synth();
