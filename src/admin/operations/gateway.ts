import { testAlgorithms } from '../../identity/test-keys.ts';
import { brokenNames, type TokenOptions } from '../../identity/mint.ts';
import { personaNames } from '../../identity/personas.ts';
import type { ConfigInput } from '../../gateway/load.ts';
import type { RawRequest } from '../../gateway/types.ts';
import type { Operation } from '../operation.ts';
import type { Schema } from '../schema.ts';

const list = (description: string): Schema => ({ type: 'array', items: { type: 'object' }, description });

const show: Operation = {
  id: 'getGateway',
  method: 'get',
  path: '/v1',
  summary: 'The gateway: where it listens, what it has read, and what was wrong with that',
  scoped: true,
  answer: {
    type: 'object',
    properties: {
      url: { type: 'string', description: 'With a scope, its own.' },
      address: { type: 'string', description: 'Where it listens, without a scope in its host.' },
      listeners: list('Where it listens.'),
      sources: list('The files.'),
      diagnostics: list('Findings.'),
    },
  },
  run: ({ gateway, target }) => ({
    url: target.url,
    address: gateway.url,
    listeners: gateway.listeners,
    sources: gateway.sources,
    diagnostics: gateway.diagnostics,
  }),
};

const routes: Operation = {
  id: 'listRoutes',
  method: 'get',
  path: '/v1/routes',
  summary: 'The route table in matching order',
  scoped: false,
  answer: { type: 'object', properties: { routes: list('As in check --json.') } },
  run: ({ gateway }) => ({ routes: gateway.routes }),
};

const fidelity: Operation = {
  id: 'getFidelity',
  method: 'get',
  path: '/v1/fidelity',
  summary: 'How far each setting of the configuration is mirrored',
  scoped: false,
  answer: { type: 'object', properties: { counts: { type: 'object' }, leaves: list('As in check --json.') } },
  run: ({ gateway }) => gateway.fidelity,
};

const reload: Operation = {
  id: 'reload',
  method: 'post',
  path: '/v1/reload',
  summary: 'Reads the configuration again, or another one; where that fails the old one goes on',
  scoped: false,
  body: {
    required: false,
    schema: {
      type: 'object',
      properties: {
        config: {
          anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }, { type: 'object' }],
          description: 'Path, paths, or an object of the native dialect.',
        },
      },
      additionalProperties: false,
    },
  },
  answer: { type: 'object', properties: { routes: list('As in check --json.') } },
  also: { 422: 'The configuration is wrong: code and diagnostics say how.' },
  async run({ gateway, body }) {
    await gateway.reload((body as { config?: ConfigInput } | undefined)?.config);
    return { routes: gateway.routes };
  },
};

const reset: Operation = {
  id: 'reset',
  method: 'post',
  path: '/v1/reset',
  summary: 'Counters, caches, overrides, faults, traffic and clock back to the start; of one scope, or of all',
  scoped: true,
  run: ({ target }) => target.reset(),
};

const token: Operation = {
  id: 'mintToken',
  method: 'post',
  path: '/v1/tokens',
  summary: 'A test token that the configuration accepts, or a named broken one',
  scoped: true,
  body: {
    required: false,
    schema: {
      type: 'object',
      properties: {
        claims: { type: 'object', description: 'A claim that is null is left out.' },
        algorithm: { type: 'string', enum: testAlgorithms },
        expiresIn: { anyOf: [{ type: 'string' }, { type: 'number' }], description: 'In words, or in seconds.' },
        persona: { type: 'string', enum: personaNames },
        broken: { type: 'string', enum: brokenNames },
      },
      additionalProperties: false,
    },
  },
  answer: { type: 'object', properties: { token: { type: 'string' } } },
  async run({ target, body }) {
    const { claims, ...options } = (body ?? {}) as TokenOptions & { claims?: Record<string, unknown> };
    return { token: await target.token(claims ?? {}, options) };
  },
};

const explain: Operation = {
  id: 'explain',
  method: 'post',
  path: '/v1/explain',
  summary: 'What would become of a request: each decision and its line; nothing is sent',
  scoped: true,
  body: {
    required: true,
    schema: {
      type: 'object',
      properties: {
        method: { type: 'string', default: 'GET' },
        target: { type: 'string', description: 'Path and query.' },
        rawHeaders: { type: 'array', items: { type: 'string' }, description: 'Flat: name, value, name, value. Host is added where it is missing.' },
        body: { type: 'string' },
        bodyBase64: { type: 'string', description: 'Instead of body, where that is no text.' },
        remoteAddress: { type: 'string', description: 'The peer: IP or IP:PORT.' },
      },
      required: ['target'],
      additionalProperties: false,
    },
  },
  answer: {
    type: 'object',
    properties: { status: { type: 'integer' }, route: {}, decisions: list('In their order.'), upstream: {} },
  },
  run({ target, body: given }) {
    const { method = 'GET', rawHeaders = [], bodyBase64, remoteAddress, ...rest } = given as ExplainBody;
    const hasHost = rawHeaders.some((name, at) => at % 2 === 0 && name.toLowerCase() === 'host');
    const bytes = bodyBase64 === undefined ? rest.body : Buffer.from(bodyBase64, 'base64');
    const request: RawRequest = {
      method,
      target: rest.target,
      rawHeaders: hasHost ? rawHeaders : ['Host', 'localhost', ...rawHeaders],
      ...(bytes === undefined ? {} : { body: bytes }),
    };
    return target.explain(request, remoteAddress === undefined ? {} : { remoteAddress });
  },
};
interface ExplainBody {
  readonly method?: string;
  readonly target: string;
  readonly rawHeaders?: readonly string[];
  readonly body?: string;
  readonly bodyBase64?: string;
  readonly remoteAddress?: string;
}

export const gatewayOperations: readonly Operation[] = [show, routes, fidelity, reload, reset, token, explain];
