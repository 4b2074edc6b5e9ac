import { grpcFilters } from './filters.ts';
import { backendRef, object, routeFields, sessionPersistence } from './references.ts';
import { matchesOfAll, namesDiffer } from './route-rules.ts';
import { headerName, headerValue, hostname, sectionName } from './scalars.ts';
import { list, oneOf, shape, text, type Refusal, type Schema } from './schema.ts';

interface Method {
  readonly type?: string;
  readonly service?: string;
  readonly method?: string;
}
function named({ type = 'Exact', service, method }: Method): Refusal | undefined {
  if (service === undefined && method === undefined) return { what: 'it names neither a service nor a method', expected: 'one of them, or both' };
  if (type !== 'Exact') return undefined;
  if (service !== undefined && !/^\.?[a-z_][a-z_0-9]*(?:\.[a-z_][a-z_0-9]*)*$/i.test(service))
    return {
      at: ['service'],
      what: `${JSON.stringify(service)} is no name of a service`,
      expected: 'such as shop.v1.Orders; patterns need the type RegularExpression',
    };
  if (method !== undefined && !/^[A-Za-z_][A-Za-z_0-9]*$/.test(method))
    return {
      at: ['method'],
      what: `${JSON.stringify(method)} is no name of a method`,
      expected: 'such as GetOrder; patterns need the type RegularExpression',
    };
  return undefined;
}

const type = oneOf('Exact', 'RegularExpression');
const match = shape({
  method: shape({ type, service: text({ max: 1024 }), method: text({ max: 1024 }) }, [], [named]),
  headers: list(shape({ type, name: headerName, value: headerValue }, ['name', 'value']), { max: 16, differIn: 'name' }),
});
const rule = shape({
  name: sectionName,
  matches: list(match, { max: 64 }),
  filters: grpcFilters,
  backendRefs: list(backendRef(grpcFilters), { max: 16 }),
  sessionPersistence,
});

/** Source: the CRD of GRPCRoute, both channels, with its validation rules. */
export const grpcRoute: Schema = object(
  shape({
    ...routeFields,
    hostnames: list(hostname, { max: 16 }),
    rules: list(rule, { max: 64, maxBefore: 16, rules: [matchesOfAll, namesDiffer] }),
  }),
);
