import type { Resource } from '../../sources/kubernetes/resources.ts';
import { check } from './schema/check.ts';
import { gateway, listenerSet } from './schema/gateway.ts';
import { grpcRoute } from './schema/grpc-route.ts';
import { httpRoute } from './schema/http-route.ts';
import type { Schema } from './schema/schema.ts';

const schemas: ReadonlyMap<string, Schema> = new Map([
  ['Gateway', gateway],
  ['ListenerSet', listenerSet],
  ['HTTPRoute', httpRoute],
  ['GRPCRoute', grpcRoute],
]);

/** Whether the API server takes an object. One that it refuses is reported and refuses the load: production never has it. */
export function isValid({ kind, setting }: Resource): boolean {
  const schema = schemas.get(kind);
  return schema === undefined || check(setting, schema);
}
