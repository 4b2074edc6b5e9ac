// npx cdk synth writes cdk.out, which is all that is read.
import { App, Stack } from 'aws-cdk-lib';
import { HttpApi, HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpJwtAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';

const stack = new Stack(new App(), 'Shop');
const orders = new LambdaFunction(stack, 'Orders', {
  runtime: Runtime.NODEJS_22_X,
  code: Code.fromAsset('orders'),
  handler: 'index.handler',
  environment: { SHOP: 'corner' },
});
const login = new HttpJwtAuthorizer('Login', 'https://login.example.com/', { jwtAudience: ['shop'] });
const api = new HttpApi(stack, 'Api', { defaultAuthorizer: login });
api.addRoutes({
  path: '/orders',
  methods: [HttpMethod.GET],
  integration: new HttpLambdaIntegration('OrdersCall', orders),
  authorizationScopes: ['orders/read'],
});
