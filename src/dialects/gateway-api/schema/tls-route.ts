import { isIP } from 'node:net';
import { backendRef, object, routeFields } from './references.ts';
import { namesDiffer } from './route-rules.ts';
import { hostname, sectionName } from './scalars.ts';
import { list, shape, type Refusal, type Rule, type Schema } from './schema.ts';

/** A handshake names no addresses (RFC 6066). */
function namesOnly(hostnames: readonly string[]): Refusal | undefined {
  const at = hostnames.findIndex((one) => isIP(one) !== 0);
  return at < 0 ? undefined : { at: [at], what: `${hostnames[at]} is an address`, expected: 'a host name: handshakes name no addresses' };
}

// What follows was right in v1alpha2, and routes of v1 that are written so still stand in many texts.
const named: Rule = ({ hostnames }: { readonly hostnames?: readonly string[] }): Refusal | undefined =>
  hostnames === undefined ? { what: 'it has no hostnames', expected: 'at least one', harmless: true } : undefined;
const single: Rule = (rules: readonly unknown[]): Refusal | undefined =>
  rules.length > 1 ? { at: [1], what: 'it is a second rule', expected: 'one rule, which takes every connection', harmless: true } : undefined;

const backendRefs = list(backendRef(), { min: 1, max: 16 });
const rule = { name: sectionName, backendRefs };
const hostnames = { max: 1024, maxBefore: 16 };
const rules = { min: 1, max: 16 };

/** Source: the CRD of TLSRoute, both channels, with its validation rules. */
export const tlsRoute: Schema = object(
  shape(
    {
      ...routeFields,
      hostnames: list(hostname, { ...hostnames, min: 1, rules: [namesOnly] }),
      rules: list(shape(rule, ['backendRefs']), { ...rules, rules: [single] }),
    },
    ['rules'],
    [named],
  ),
);
/** v1alpha3, of the experimental channel. */
export const tlsRouteAlpha3: Schema = object(
  shape(
    { ...routeFields, hostnames: list(hostname, { ...hostnames, min: 1 }), rules: list(shape(rule), { ...rules, rules: [namesDiffer] }) },
    ['rules'],
    [named],
  ),
);
/** v1alpha2: one without hosts is for every host. */
export const tlsRouteAlpha2: Schema = object(
  shape({ ...routeFields, hostnames: list(hostname, hostnames), rules: list(shape(rule), { ...rules, rules: [namesDiffer] }) }, ['rules']),
);
