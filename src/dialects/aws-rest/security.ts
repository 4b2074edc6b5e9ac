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
  const names = security
    .items()
    .flatMap((item) => item.entries().map(([name, scopes]) => (scopes.settle(), name)))
    .filter((name) => !isMark(name, document));
  const unsupported = names.filter((name) => !isApiKey(name, document)).map((name) => `the authorizer ${name}`);
  if (operation.get('x-amazon-apigateway-auth').get('type').string()?.toLowerCase() === 'aws_iam') unsupported.push('IAM authorization');
  if (document.get('x-amazon-apigateway-policy').exists) unsupported.push('the resource policy');
  const apiKey = names.some((name) => isApiKey(name, document));
  if (apiKey && document.get('x-amazon-apigateway-api-key-source').string()?.toUpperCase() === 'AUTHORIZER')
    unsupported.push('API keys from an authorizer');
  return { apiKey, unsupported: unsupported.join(' and ') };
}

/** SAM's mark of a method that asks for no authorizer: a scheme of this name is not there, and an import passes over it. */
const isMark = (name: string, document: Setting): boolean =>
  name === 'NONE' && !document.get('components').get('securitySchemes').get(name).exists && !document.get('securityDefinitions').get(name).exists;

/** A scheme that is an API key and no authorizer that reads a header. */
function isApiKey(name: string, document: Setting): boolean {
  const places = [document.get('components').get('securitySchemes'), document.get('securityDefinitions')];
  const scheme = places.map((place) => place.get(name)).find((one) => one.exists);
  if (scheme === undefined) return false;
  const header =
    scheme.get('type').string() === 'apiKey' && scheme.get('in').string() === 'header' && scheme.get('name').string()?.toLowerCase() === 'x-api-key';
  return header && !scheme.get('x-amazon-apigateway-authtype').exists && !scheme.get('x-amazon-apigateway-authorizer').exists;
}
