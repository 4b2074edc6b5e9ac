import type { Resource } from '../../sources/kubernetes/resources.ts';
import { check } from './schema/check.ts';
import { grpcRoute } from './schema/grpc-route.ts';
import { httpRoute } from './schema/http-route.ts';

const schemas = { HTTPRoute: httpRoute, GRPCRoute: grpcRoute } as const;

/** Whether the API server takes a route. One that it refuses is reported and refuses the load: production never has it. */
export function isValidRoute({ kind, setting }: Resource): boolean {
  return !Object.hasOwn(schemas, kind) || check(setting, schemas[kind as keyof typeof schemas]);
}
