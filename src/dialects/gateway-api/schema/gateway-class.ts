import { object } from './references.ts';
import { group, hostPrefix, kind, namespace, objectName } from './scalars.ts';
import { shape, text, type Schema } from './schema.ts';

const controllerName = text({
  min: 1,
  max: 253,
  pattern: new RegExp(`^${hostPrefix}[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+$`),
  expected: 'a host and a path, such as example.com/gateway-controller',
});
const parametersRef = shape({ group, kind, name: objectName, namespace }, ['group', 'kind', 'name']);

/** Source: the CRD of GatewayClass, which every version has alike. */
export const gatewayClass: Schema = object(shape({ controllerName, parametersRef, description: text({ max: 64 }) }, ['controllerName']));
