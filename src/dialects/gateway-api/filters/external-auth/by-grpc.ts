import type { StepKind } from '../../../../engine/kit.ts';
import type { Outcome } from '../../../../engine/outcome.ts';
import { Fields } from '../../../../http/fields.ts';
import type { Destination } from '../../../../model/gateway.ts';
import { changeRequest } from './changes.ts';
import { checkRequest } from './check-request.ts';
import { readCheckResponse, type Denied, type Passes } from './check-response.ts';
import { denial, noAnswer } from './denial.ts';
import { forwardedBody } from './forwarded-body.ts';
import { callGrpc } from './grpc-call.ts';

export interface GrpcAuthOptions {
  readonly destination: Destination;
  /** What the server is called in the request to it. */
  readonly authority: string;
  readonly timeoutMs: number;
  /** Fields that the server sees; empty: all. Lower-case. */
  readonly asks: readonly string[];
  /** Bytes of the body that it may get; 0: it gets none. */
  readonly maxBody: number;
}
const path = '/envoy.service.auth.v3.Authorization/Check';

/**
 * Asks a server by the protocol ext_authz of Envoy whether a request may pass. Where no good answer can be had, nobody passes.
 * Source: the API reference of GRPCAuthConfig (GEP-1494), and Envoy.
 */
export const externalAuthByGrpc: StepKind<GrpcAuthOptions> = {
  kind: 'gateway-api/external-auth-grpc',
  create({ destination, authority, timeoutMs, asks, maxBody }, { linkDestination, clock, random }) {
    const open = linkDestination(destination);
    const seen = asks.length === 0 ? null : new Set(asks);
    return async (exchange): Promise<Outcome> => {
      if (exchange.dry) return undefined;
      const body = await forwardedBody(exchange, maxBody);
      if (body !== null && 'type' in body) return body;
      const message = checkRequest(exchange, { id: String(Math.floor(random() * 2 ** 53)), seen, body });
      let answer: Passes | Denied;
      try {
        answer = readCheckResponse(await callGrpc(open, exchange, clock, { path, authority, message, timeoutMs }));
      } catch (error) {
        return noAnswer((error as Error).message);
      }
      if (!answer.passes) return denial(exchange, answer.status, fieldsOf(answer), answer.body);
      changeRequest(exchange, answer);
      return undefined;
    };
  },
};

/** All of them, those of one name too. */
const fieldsOf = ({ headers }: Denied): Fields =>
  Fields.from(headers.flatMap(({ name, value }) => (name === ':authority' ? [] : [[name, value] as const])));
