import type { Setting } from '../../sources/setting.ts';

/** What guards a method. */
export interface Guards {
  readonly apiKey: boolean;
  /** Guards that are not enforced yet, for people; empty where there are none. */
  readonly unsupported: string;
}

/** `security` of a method stands above that of the document, an empty list too; all that is named must hold. */
export function guardsOf(operation: Setting, document: Setting): Guards {
  const own = operation.get('security');
  const security = own.kind === 'list' ? own : document.get('security');
  const names = security.items().flatMap((item) =>
    item.entries().flatMap(([name, scopes]) => {
      scopes.settle();
      return isDefined(name, document)
        ? [name]
        : (scopes.warning('DG1205', `there is no security scheme ${name}`, 'API Gateway makes the method without it'), []);
    }),
  );
  const unsupported = names.filter((name) => !isApiKey(name, document)).map((name) => `the authorizer ${name}`);
  if (operation.get('x-amazon-apigateway-auth').get('type').string()?.toLowerCase() === 'aws_iam') unsupported.push('IAM authorization');
  if (document.get('x-amazon-apigateway-policy').exists) unsupported.push('the resource policy');
  const apiKey = names.some((name) => isApiKey(name, document));
  if (apiKey && document.get('x-amazon-apigateway-api-key-source').string()?.toUpperCase() === 'AUTHORIZER')
    unsupported.push('API keys from an authorizer');
  return { apiKey, unsupported: unsupported.join(' and ') };
}

const schemeOf = (name: string, document: Setting): Setting | undefined =>
  [document.get('components').get('securitySchemes'), document.get('securityDefinitions')].map((place) => place.get(name)).find((one) => one.exists);
const isDefined = (name: string, document: Setting): boolean => schemeOf(name, document) !== undefined;

/** A scheme that is an API key and no authorizer that reads a header. */
function isApiKey(name: string, document: Setting): boolean {
  const scheme = schemeOf(name, document);
  if (scheme === undefined) return false;
  const header =
    scheme.get('type').string() === 'apiKey' && scheme.get('in').string() === 'header' && scheme.get('name').string()?.toLowerCase() === 'x-api-key';
  return header && !scheme.get('x-amazon-apigateway-authtype').exists && !scheme.get('x-amazon-apigateway-authorizer').exists;
}
