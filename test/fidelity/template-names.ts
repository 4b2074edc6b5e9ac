/** Maps whose keys are the user's own names. */
const named = new Set([
  'paths',
  'securitySchemes',
  'securityDefinitions',
  'schemas',
  'definitions',
  'responses',
  'requestParameters',
  'responseParameters',
  'RequestParameters',
  'ResponseParameters',
  'requestTemplates',
  'responseTemplates',
  'RequestTemplates',
  'ResponseTemplates',
  'RequestModels',
  'content',
  'properties',
  'Variables',
  'StageVariables',
  'StageVariableOverrides',
  'RouteSettings',
  'Throttle',
  'Throttling',
  'x-amazon-apigateway-gateway-responses',
  'x-amazon-apigateway-request-validators',
  'Parameters',
  'Events',
  'Authorizers',
  'GatewayResponses',
  'Models',
  'functions',
  'environment',
  'authorizers',
]);
const methods = /^(?:get|put|post|delete|options|head|patch|trace|x-amazon-apigateway-any-method)$/;

/**
 * How a setting of a template is called: `/Resources/Api/Properties/Body/paths/~1a/get/security` is `paths.*.METHOD.security`,
 * which is no property of a resource. `typeOf` says of which type a resource is.
 */
export function templateName(pointer: string, typeOf: (id: string) => string): string {
  const parts = pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  const [top, id] = parts;
  const inResource = top === 'Resources' && id !== undefined && parts.length > 2;
  const body = inResource ? parts.indexOf('Body', 3) + 1 : 0;
  const rest = inResource ? parts.slice(body || (parts[2] === 'Properties' ? 3 : 2)) : parts;
  const words = rest.map((part, at) => {
    const above = rest[at - 1] ?? '';
    if (/^\d+$/.test(part) && !named.has(above)) return '[]';
    if (named.has(above) && !(above === 'Throttle' && /^(?:RateLimit|BurstLimit)$/.test(part))) return '*';
    return methods.test(part) && rest[at - 2] === 'paths' ? 'METHOD' : part;
  });
  const name = words.map((word, at) => (word === '[]' || at === 0 ? word : `.${word}`)).join('');
  return inResource && body === 0 ? `${typeOf(id).replace(/^AWS::/, '')}: ${name}` : name;
}
