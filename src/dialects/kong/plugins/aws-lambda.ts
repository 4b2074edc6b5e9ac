import type { Exchange } from '../../../engine/exchange.ts';
import type { Deps } from '../../../engine/kit.ts';
import { refuse, reply, type Outcome } from '../../../engine/outcome.ts';
import { fault } from '../../../model/fault.ts';
import type { Setting } from '../../../sources/setting.ts';
import { kongExit } from '../faults.ts';
import { uuid } from '../request-id.ts';
import { kongVersion } from '../upstream-request.ts';
import { lambdaEvent, type LambdaEventOptions } from './lambda-event.ts';
import { passedReply, proxyReply, type LambdaAnswer } from './lambda-reply.ts';
import { notAsked } from './not-asked.ts';
import { definePlugin, type KongPlugin } from './plugin.ts';

interface Lambda {
  readonly function: string;
  /** Where the functions are called that are none of ours; empty: nowhere. */
  readonly endpoint: string;
  readonly qualifier: string;
  readonly invocation: 'RequestResponse' | 'Event' | 'DryRun';
  readonly timeoutMs: number;
  readonly proxy: boolean;
  readonly unhandledStatus: number | null;
  readonly legacyArrays: boolean;
  readonly event: LambdaEventOptions;
  readonly via: boolean;
}

/** Source: kong/plugins/aws-lambda/handler.lua. Calls a local function, or what is mapped to the host of Lambda. */
export const awsLambda: KongPlugin = definePlugin<Lambda>({
  name: 'aws-lambda',
  read(config, { node }) {
    ignoreCredentials(config);
    const is = (key: string, usual = false): boolean => config.get(key).boolean() ?? usual;
    const name = config.get('function_name').approximately('a local function, function:NAME, stands for it').string() ?? '';
    const region = config.get('aws_region').string();
    const host = config.get('host').string() ?? (region === undefined ? '' : `lambda.${region}.amazonaws.com`);
    const scheme = is('disable_https') ? 'http' : 'https';
    return {
      access: {
        function: name,
        endpoint: host === '' ? '' : `${scheme}://${host}:${config.get('port').number({ min: 0, max: 65_535 }) ?? 443}`,
        qualifier: config.get('qualifier').string() ?? '',
        invocation: config.get('invocation_type').oneOf('RequestResponse', 'Event', 'DryRun') ?? 'RequestResponse',
        timeoutMs:
          config.get('timeout').approximately('holds for what is mapped to the host of Lambda, not for a local function').number({ min: 1 }) ??
          60_000,
        proxy: is('is_proxy_integration'),
        unhandledStatus: config.get('unhandled_status').number({ min: 100, max: 999 }) ?? null,
        legacyArrays: (config.get('empty_arrays_mode').oneOf('legacy', 'correct') ?? 'legacy') === 'legacy',
        event: {
          gateway: is('awsgateway_compatible'),
          method: is('forward_request_method'),
          uri: is('forward_request_uri'),
          headers: is('forward_request_headers'),
          body: is('forward_request_body'),
          skipLarge: is('skip_large_bodies', true),
          base64: is('base64_encode_body', true),
          traditional: node.flavor === 'traditional',
        },
        via: node.headers.has('via'),
      },
    };
  },
  access(options, deps) {
    return async (exchange): Promise<Outcome> => {
      const event = await lambdaEvent(exchange, options.event, deps.random);
      if (exchange.dry) return notAsked(exchange, `the function ${options.function}`);
      const answer = await invoke(exchange, options, event, deps);
      if (answer === undefined) return refuse(fault('upstream-unmapped', { upstream: `function:${options.function}` }));
      // What Lambda's API refuses is an error of Lua.
      if (answer.status >= 400)
        return refuse(fault('internal', { cause: new Error(`Lambda answered ${answer.status}: ${answer.body.slice(0, 200)}`) }));
      const made = options.proxy ? proxyReply(answer) : passedReply(answer, options.unhandledStatus, options.legacyArrays);
      if (typeof made === 'string')
        return refuse(kongExit(502, { message: 'Bad Gateway', error: `could not JSON decode Lambda function response: ${made}` }));
      return reply(
        made.status,
        options.via ? [...made.headers, 'Via', `${exchange.arrived.httpVersion} kong/${kongVersion}`] : made.headers,
        made.body,
      );
    };
  },
});

/** Undefined: nobody knows the function. */
async function invoke(exchange: Exchange, options: Lambda, event: unknown, deps: Deps): Promise<LambdaAnswer | undefined> {
  const { functions, random } = deps;
  const short = shortName(options.function);
  const run = (functions(options.function, exchange.scope) ?? functions(short, exchange.scope)) as
    | ((event: unknown, context: unknown) => unknown)
    | undefined;
  if (run === undefined) return invokeMapped(exchange, options, event, deps);
  const id = uuid(random);
  const headers = ['Content-Type', 'application/json', 'x-amzn-RequestId', id];
  if (options.invocation === 'DryRun') return { status: 204, headers, body: '' };
  // A copy, as over the wire: a function may change its event.
  const call = async (): Promise<unknown> =>
    run(JSON.parse(JSON.stringify(event)), { functionName: short, awsRequestId: id, functionVersion: options.qualifier || '$LATEST' });
  if (options.invocation === 'Event') {
    void call().catch(() => {});
    return { status: 202, headers, body: '' };
  }
  try {
    return { status: 200, headers, body: JSON.stringify((await call()) ?? null) };
  } catch (error) {
    const { name = 'Error', message = String(error), trace = [] } = error instanceof Error ? (error as Error & { trace?: readonly string[] }) : {};
    const body = JSON.stringify({ errorType: name, errorMessage: message, trace });
    return { status: 200, headers: [...headers, 'X-Amz-Function-Error', 'Unhandled'], body };
  }
}

async function invokeMapped(exchange: Exchange, options: Lambda, event: unknown, { fetch }: Deps): Promise<LambdaAnswer | undefined> {
  if (options.endpoint === '') return undefined;
  const query = options.qualifier === '' ? '' : `?Qualifier=${encodeURIComponent(options.qualifier)}`;
  try {
    const { status, headers, text } = await fetch(
      `${options.endpoint}/2015-03-31/functions/${encodeURIComponent(options.function)}/invocations${query}`,
      {
        method: 'POST',
        headers: ['X-Amz-Invocation-Type', options.invocation, 'Content-Type', 'application/json'],
        body: Buffer.from(JSON.stringify(event)),
        timeoutMs: options.timeoutMs,
        mappedOnly: true,
        within: { scope: exchange.scope, clock: exchange.clock },
      },
    );
    headers.filter((name) => !['content-length', 'transfer-encoding', 'connection', 'keep-alive', 'content-encoding'].includes(name));
    return { status, headers: headers.raw, body: text };
  } catch {
    return undefined;
  }
}

/** Of `arn:aws:lambda:REGION:ACCOUNT:function:NAME:QUALIFIER` or `ACCOUNT:function:NAME`. */
const shortName = (name: string): string => /(?:^|:)function:([^:]+)/.exec(name)?.[1] ?? name;

function ignoreCredentials(config: Setting): void {
  for (const key of ['aws_key', 'aws_secret', 'aws_assume_role_arn', 'aws_role_session_name', 'aws_sts_endpoint_url', 'aws_imds_protocol_version'])
    config.get(key).ignored('functions are called without credentials of AWS');
  config.get('log_type').ignored('a local function has no log tail in its answer');
  config.get('keepalive').ignored('connections are pooled as those to upstreams');
  for (const key of ['proxy_url', 'proxy_scheme']) config.get(key).ignored('AWS is not asked, so no proxy is needed');
}
