import type { StepKind } from '../../engine/kit.ts';
import { reply } from '../../engine/outcome.ts';
import { compileTemplate } from './template.ts';

export interface FixedReply {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  /** A template. */
  readonly body: string;
}

/** Answers for the upstream. */
export const replyStep: StepKind<FixedReply> = {
  kind: 'native/reply',
  create({ status, headers, body }) {
    const text = compileTemplate(body);
    const values = headers.map(([name, value]) => ({ name, value: compileTemplate(value) }));
    return (exchange) =>
      reply(
        status,
        values.flatMap(({ name, value }) => [name, value(exchange).replaceAll(/[\r\n\0]/g, '')]),
        text(exchange),
      );
  },
};

export interface Cors {
  readonly origins: readonly string[];
  readonly methods: readonly string[];
  readonly headers: readonly string[];
  readonly exposed: readonly string[];
  readonly credentials: boolean;
  readonly maxAge: number;
}

const allowedOrigin = ({ origins, credentials }: Cors, origin: string): string | undefined => {
  // With credentials a star says nothing to a browser (Fetch standard), so the origin is named.
  if (origins.includes('*')) return credentials ? origin : '*';
  return origins.includes(origin) ? origin : undefined;
};

/** Answers preflights (Fetch standard, section 3.2.2) without asking the upstream. */
export const preflightStep: StepKind<Cors> = {
  kind: 'native/cors-preflight',
  create(cors) {
    return (exchange) => {
      const { headers } = exchange.arrived;
      const origin = headers.get('origin');
      if (exchange.method !== 'OPTIONS' || origin === undefined || !headers.has('access-control-request-method')) return undefined;
      if (allowedOrigin(cors, origin) === undefined)
        return reply(403, ['Content-Type', 'application/json; charset=utf-8'], '{"error":"forbidden","message":"the origin is not allowed"}\n');
      const asked = headers.joined('access-control-request-headers');
      const allowed = cors.headers.length > 0 ? cors.headers.join(', ') : asked;
      return reply(
        204,
        [
          'Access-Control-Allow-Methods',
          cors.methods.join(', '),
          ...(allowed === undefined ? [] : ['Access-Control-Allow-Headers', allowed]),
          'Access-Control-Max-Age',
          String(cors.maxAge),
        ],
        '',
      );
    };
  },
};

export const corsFieldsStep: StepKind<Cors> = {
  kind: 'native/cors-fields',
  create(cors) {
    return (exchange) => {
      const origin = exchange.arrived.headers.get('origin');
      const fields = exchange.response?.headers;
      if (fields === undefined) return undefined;
      const allowed = origin === undefined ? undefined : allowedOrigin(cors, origin);
      if (!cors.origins.includes('*') || cors.credentials) fields.append('Vary', 'Origin');
      if (allowed === undefined) return undefined;
      fields.set('Access-Control-Allow-Origin', allowed);
      if (cors.credentials) fields.set('Access-Control-Allow-Credentials', 'true');
      if (cors.exposed.length > 0) fields.set('Access-Control-Expose-Headers', cors.exposed.join(', '));
      return undefined;
    };
  },
};
