import type { Resource } from '../../../sources/kubernetes/resources.ts';
import { backendTlsPolicy, backendTlsPolicyAlpha2 } from '../schema/backend-tls-policy.ts';
import { check } from '../schema/check.ts';
import { gatewayClass } from '../schema/gateway-class.ts';
import { gateway, listenerSet } from '../schema/gateway.ts';
import { grpcRoute } from '../schema/grpc-route.ts';
import { httpRoute } from '../schema/http-route.ts';
import { referenceGrant } from '../schema/reference-grant.ts';
import type { Schema } from '../schema/schema.ts';
import { tlsRoute, tlsRouteAlpha2, tlsRouteAlpha3 } from '../schema/tls-route.ts';

/** By kind; with its version where that has another one than v1. */
const schemas: ReadonlyMap<string, Schema> = new Map([
  ['GatewayClass', gatewayClass],
  ['Gateway', gateway],
  ['ListenerSet', listenerSet],
  ['HTTPRoute', httpRoute],
  ['GRPCRoute', grpcRoute],
  ['TLSRoute', tlsRoute],
  ['TLSRoute v1alpha3', tlsRouteAlpha3],
  ['TLSRoute v1alpha2', tlsRouteAlpha2],
  ['ReferenceGrant', referenceGrant],
  ['BackendTLSPolicy', backendTlsPolicy],
  ['BackendTLSPolicy v1alpha2', backendTlsPolicyAlpha2],
]);

/** Whether the API server takes an object. One that it refuses is reported and refuses the load: production never has it. */
export function isValid({ kind, version, setting }: Resource): boolean {
  const schema = schemas.get(`${kind} ${version}`) ?? schemas.get(kind);
  return schema === undefined || check(setting, schema);
}
