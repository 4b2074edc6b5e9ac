// Logical ids as the Serverless Framework gives them: resources of a service refer to them by these names.
// Source: serverless/serverless, lib/plugins/aws/lib/naming.js.

const upperFirst = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
const capitalize = (text: string): string => upperFirst(text.toLowerCase());
const alphanumeric = (text: string): string => text.replaceAll(/[^0-9A-Za-z]/g, '');
const wordsOf = (text: string): string[] => text.match(/[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+/g) ?? [];

/** `my-fn_1`: MyDashfnUnderscore1. */
const normalized = (name: string): string => upperFirst(name.replaceAll('-', 'Dash').replaceAll('_', 'Underscore'));

/** `users/{id}`: UsersIdVar. */
const ofPath = (path: string): string =>
  path
    .split('/')
    .map((part) =>
      upperFirst(
        alphanumeric(
          capitalize(part)
            .replaceAll('-', 'Dash')
            .replaceAll(/\{(.*)\}/g, '$1Var'),
        ),
      ),
    )
    .join('');

export const ids = {
  function: (key: string): string => `${normalized(key)}LambdaFunction`,
  layer: (key: string): string => `${normalized(key)}LambdaLayer`,
  restApi: 'ApiGatewayRestApi',
  deployment: 'ApiGatewayDeployment',
  stage: 'ApiGatewayStage',
  resource: (path: string): string => `ApiGatewayResource${ofPath(path)}`,
  method: (path: string, method: string): string => `ApiGatewayMethod${ofPath(path)}${capitalize(method)}`,
  authorizer: (name: string): string => `${normalized(name)}ApiGatewayAuthorizer`,
  validator: (service: string): string => `ApiGateway${upperFirst(alphanumeric(service))}RequestValidator`,
  model: (name: string): string => `ApiGateway${wordsOf(name).map(capitalize).join('')}Model`,
  modelOf: (path: string, method: string, mediaType: string): string =>
    `${ids.method(path, method)}${wordsOf(mediaType).map(upperFirst).join('')}Model`,
  apiKey: (number: number, plan = ''): string => `ApiGatewayApiKey${upperFirst(plan)}${number}`,
  usagePlan: (plan = ''): string => `ApiGatewayUsagePlan${upperFirst(plan)}`,
  usagePlanKey: (number: number, plan = ''): string => `ApiGatewayUsagePlanKey${upperFirst(plan)}${number}`,
  httpApi: 'HttpApi',
  httpStage: 'HttpApiStage',
  httpIntegration: (key: string): string => `HttpApiIntegration${normalized(key)}`,
  httpRoute: (routeKey: string): string => (routeKey === '$default' ? 'HttpApiRouteDefault' : `HttpApiRoute${ofPath(routeKey)}`),
  httpAuthorizer: (name: string): string => `HttpApiAuthorizer${normalized(name)}`,
} as const;
