import { createHash } from 'node:crypto';
import type { Exchange } from '../../engine/exchange.ts';
import type { StepKind } from '../../engine/kit.ts';
import { refuse, type Outcome } from '../../engine/outcome.ts';
import { cidrMatcher, isCidr } from '../../http/cidr.ts';
import { statusFault } from './faults.ts';
import { stateOf } from './state.ts';
import type { AccessOptions } from './options.ts';

const denied = 403;

/** Whether a password fits an entry of the user file. Kinds of hashes that are not known fit nothing. */
function fits(stored: string, password: string): boolean {
  if (stored.startsWith('{PLAIN}')) return stored.slice(7) === password;
  if (stored.startsWith('{SHA}')) return stored.slice(5) === createHash('sha1').update(password, 'latin1').digest('base64');
  return false;
}

function basic({ realm, users }: NonNullable<AccessOptions['basic']>, exchange: Exchange): Outcome {
  const challenge = refuse(statusFault(401, ['WWW-Authenticate', `Basic realm="${realm}"`]));
  const given = /^basic +(.+)$/i.exec(exchange.arrived.headers.get('authorization') ?? '')?.[1];
  if (given === undefined) return challenge;
  const text = Buffer.from(given, 'base64').toString('latin1');
  const mark = text.indexOf(':');
  const stored = mark < 0 ? undefined : users[text.slice(0, mark)];
  return stored !== undefined && fits(stored, text.slice(mark + 1)) ? undefined : challenge;
}

/** The answer to a status of the authorising location. A 401 hands on its challenge. */
async function authorise(path: string, sets: AccessOptions['authSet'], exchange: Exchange): Promise<Outcome> {
  const answer = await exchange.subrequest({ path, query: '', method: 'GET', body: null });
  for (const [name, value] of sets) {
    const field = /^\$upstream_http_(\w+)$/.exec(value)?.[1];
    const text =
      field !== undefined ? (answer.headers.joined(field.replaceAll('_', '-')) ?? '') : value === '$upstream_status' ? String(answer.status) : '';
    stateOf(exchange).variables.set(name, text);
  }
  if (answer.status >= 200 && answer.status < 300) return undefined;
  if (answer.status === 401)
    return refuse(
      statusFault(
        401,
        answer.headers.getAll('www-authenticate').flatMap((one) => ['WWW-Authenticate', one]),
      ),
    );
  return refuse(statusFault(answer.status === 403 ? 403 : 500));
}

const statusOf = (outcome: Outcome): number =>
  outcome?.type === 'fault' ? ((outcome.fault.detail as { status?: number } | null)?.status ?? 500) : 0;

/** Whom a rule speaks of, compiled once. What is no address (a socket file, say) covers nobody. */
const coverage = (from: string): ((address: string) => boolean) => (from === 'all' ? () => true : isCidr(from) ? cidrMatcher([from]) : () => false);

/** allow and deny, auth_basic, auth_request: all must agree, or with `satisfy any` one of them. */
export const accessStep: StepKind<AccessOptions> = {
  kind: 'nginx/access',
  create(options) {
    const checks: ((exchange: Exchange) => Outcome | Promise<Outcome>)[] = [];
    const rules = options.rules.map(({ allow, from }) => ({ allow, covers: coverage(from) }));
    if (rules.length > 0) {
      checks.push((exchange) => {
        const rule = rules.find(({ covers }) => covers(exchange.connection.remoteAddress));
        // Where no rule matches, this check has no opinion: it lets nobody in under `satisfy any`.
        if (rule === undefined) return options.satisfyAny && checks.length > 1 ? refuse(statusFault(denied)) : undefined;
        return rule.allow ? undefined : refuse(statusFault(denied));
      });
    }
    const { basic: credentials, authRequest } = options;
    if (credentials !== null) checks.push((exchange) => basic(credentials, exchange));
    if (authRequest !== null) checks.push((exchange) => authorise(authRequest, options.authSet, exchange));
    return async (exchange) => {
      // A subrequest of an access check is not checked again.
      if (exchange.parent !== null) return undefined;
      let worst: Outcome;
      for (const check of checks) {
        const outcome = await check(exchange);
        if (options.satisfyAny && outcome === undefined) return undefined;
        if (!options.satisfyAny && outcome !== undefined) return outcome;
        if (![401, 403].includes(statusOf(outcome)) && outcome !== undefined) return outcome;
        // A 401 tells the client how to come in, so it is said rather than a 403.
        if (worst === undefined || statusOf(outcome) === 401) worst = outcome;
      }
      return worst;
    };
  },
};
