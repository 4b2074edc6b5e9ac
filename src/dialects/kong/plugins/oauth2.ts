import type { Exchange } from '../../../engine/exchange.ts';
import { refuse, type Outcome } from '../../../engine/outcome.ts';
import { cidrMatcher } from '../../../http/cidr.ts';
import type { Fault } from '../../../model/fault.ts';
import { bodyArgs } from '../body-args.ts';
import { alreadyKnown, authenticate, put, refuseOrAnonymous } from '../consumer.ts';
import { kongExit } from '../faults.ts';
import { decodeArgs, firstHeader, setQuery } from '../request-args.ts';
import { routerHit } from '../router/match.ts';
import { authorize } from './oauth2-authorize.ts';
import { parametersOf, problem } from './oauth2-request.ts';
import { readOAuth2, type OAuth2 } from './oauth2-settings.ts';
import { secondsNow, stateOf, type Token } from './oauth2-state.ts';
import { issueToken } from './oauth2-token.ts';
import { definePlugin, type KongPlugin } from './plugin.ts';

const secretNames = ['access_token', 'refresh_token', 'client_secret', 'provision_key', 'code', 'code_verifier'];

/** Source: kong/plugins/oauth2/access.lua. Tokens and codes are kept in this process, where Kong has its database. */
export const oauth2: KongPlugin = definePlugin<OAuth2>({
  name: 'oauth2',
  read: (config, context) => ({ access: readOAuth2(config, context) }),
  access(options, deps) {
    for (const name of [options.field, options.field.replaceAll('_', '-'), ...secretNames]) deps.secretFields.add(name.toLowerCase());
    const trusted = cidrMatcher(options.trustedIps);
    const clients = new Map(options.clients.map((one) => [one.client_id, one]));
    const owners = new Map(options.clients.map((one) => [one.id, one]));
    const bearer = (...parameters: string[]): string[] => [
      'WWW-Authenticate',
      `Bearer ${[...(options.realm === '' ? [] : [`realm="${options.realm}"`]), ...parameters].join(', ')}`.trim(),
    ];
    const refusal = (status: number, error: string, description: string): Fault =>
      kongExit(status, problem(error, description), bearer(`error="${error}"`, `error_description="${description}"`));
    const missing = kongExit(401, problem('invalid_request', 'The access token is missing'), bearer());
    const invalid = refusal(401, 'invalid_token', 'The access token is invalid or has expired');
    const global = kongExit(
      401,
      problem('invalid_token', "The access token is global, but the current plugin is configured without 'global_credentials'"),
      bearer('error="invalid_token"', 'error_description="The access token is invalid or has expired"'),
    );

    const judge = (exchange: Exchange, presented: string | undefined): Outcome => {
      const refused = (fault: Fault): Outcome => {
        for (const name of ['X-Authenticated-Scope', 'X-Authenticated-UserId']) put(exchange, name, '');
        return refuseOrAnonymous(exchange, options.anonymous, fault);
      };
      if (presented === undefined || presented === '') return refused(missing);
      const now = secondsNow(exchange, deps);
      const token = stateOf(exchange, deps).token(presented, now);
      if (token === undefined) return refused(invalid);
      // This one is told even to those whom an anonymous consumer would stand in for.
      if (!options.global && token.service === null) return refuse(global);
      const client = owners.get(token.credential);
      if (client === undefined || isStale(token, options, now)) return refused(invalid);
      authenticate(exchange, client.consumer, { id: client.id, kind: 'oauth2', name: client.client_id });
      put(exchange, 'X-Authenticated-Scope', token.scope ?? '');
      put(exchange, 'X-Authenticated-UserId', token.userId ?? '');
      return undefined;
    };

    return (exchange) => {
      const path = (exchange.read(routerHit)?.uri ?? exchange.path).replace(/\/$/, '');
      const endpoint = path.endsWith('/oauth2/token') ? 'token' : path.endsWith('/oauth2/authorize') ? 'authorization' : undefined;
      if (endpoint !== undefined) {
        if (exchange.method !== 'POST')
          return refuse(refusal(405, 'invalid_method', `The HTTP method ${exchange.method} is invalid for the ${endpoint} endpoint`));
        const answer = endpoint === 'token' ? issueToken : authorize;
        return parametersOf(exchange).then((parameters) => answer(exchange, parameters, options, clients, trusted, deps));
      }
      if (alreadyKnown(exchange, options.anonymous)) {
        for (const name of ['X-Authenticated-Scope', 'X-Authenticated-UserId']) put(exchange, name, '');
        return undefined;
      }
      const fromField = tokenInField(exchange, options);
      if (fromField !== undefined && !options.hide) return judge(exchange, fromField);
      return tokenInParameters(exchange, options, fromField).then((presented) => judge(exchange, presented));
    };
  },
});

/** For another service, or too old. */
const isStale = ({ service, expiresIn, createdAt }: Token, options: OAuth2, now: number): boolean =>
  (service !== null && service !== options.service) || (expiresIn > 0 && now - createdAt > expiresIn);

const scheme = /^\s*(?:token|bearer)\s+(\S+)\s*$/i;

/** A field of another form is taken as a whole: it is no token that there is. */
function tokenInField(exchange: Exchange, { field }: OAuth2): string | undefined {
  const value = firstHeader(exchange, field);
  return value === undefined ? undefined : (scheme.exec(value)?.[1] ?? value);
}

/** The token of the field if there is one, else that of the parameters; hidden where it shall be. */
async function tokenInParameters(exchange: Exchange, { field, hide }: OAuth2, fromField: string | undefined): Promise<string | undefined> {
  const found = fromField ?? (await parametersOf(exchange)).get('access_token');
  if (typeof found !== 'string') return undefined;
  if (!hide) return found;
  if (scheme.test(firstHeader(exchange, field) ?? '')) {
    exchange.outgoing.headers.remove(field);
    return found;
  }
  const query = decodeArgs(exchange.query);
  query.delete('access_token');
  setQuery(exchange, query);
  if (exchange.method !== 'GET' && (exchange.arrived.headers.get('content-type') ?? '').includes('application/x-www-form-urlencoded')) {
    const body = await bodyArgs(exchange);
    body?.write(new Map([...body.args].filter(([name]) => name !== 'access_token')));
  }
  return found;
}
