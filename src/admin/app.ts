import type { Express, NextFunction, Request, Response } from 'express';
import type { Gateway } from '../gateway/types.ts';
import { guard } from './guard.ts';
import { documentOf, openApiOperation } from './openapi.ts';
import type { Call, Operation } from './operation.ts';
import { scopeParameter } from './operation.ts';
import { operationsOf } from './operations/all.ts';
import { problemOf, Refusal } from './problem.ts';
import { problemWith, type Schema } from './schema.ts';

const bodyLimit = 1_048_576;

/** The control API of one gateway as an Express app. Express is loaded only where control is asked for. */
export async function controlApp(gateway: Gateway, token: string): Promise<Express> {
  const { default: express } = await import('express');
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use((req, res, next) => {
    res.set('Cache-Control', 'no-store');
    guard(req, token);
    if (req.get('content-length') !== '0' && req.is('application/json') === false) throw new Refusal(415, 'expected Content-Type: application/json');
    next();
  });
  app.use(express.json({ limit: bodyLimit }));
  const operations = operationsOf();
  const document = documentOf(operations);
  for (const one of [...operations, openApiOperation(document)])
    app[one.method](one.path.replaceAll(/\{(\w+)\}/g, ':$1'), async (req, res) => answer(one, callOf(one, gateway, req, res), res));
  app.use((req) => {
    throw new Refusal(404, `there is no ${req.method} ${req.path}; GET /v1/openapi tells what there is`);
  });
  app.use((error: unknown, _req: Request, res: Response, next: NextFunction) => {
    if (res.headersSent) return next(error);
    const problem = problemOf(error);
    if (problem.status === 401) res.set('WWW-Authenticate', 'Bearer');
    res.status(problem.status).type('application/problem+json').send(JSON.stringify(problem));
  });
  return app;
}

async function answer({ answer: schema, run }: Operation, call: Call, res: Response): Promise<void> {
  const result = await run(call);
  if (schema === undefined) res.status(204).end();
  else res.json(result);
}

function callOf({ scoped, query = {}, body }: Operation, gateway: Gateway, req: Request, res: Response): Call {
  const known = scoped ? { ...query, scope: scopeParameter } : query;
  const asked = queryOf(req.query, known);
  const { scope, ...rest } = asked;
  const given: unknown = req.body;
  if (body !== undefined && (body.required || given !== undefined)) {
    const problem = problemWith(given, body.schema);
    if (problem !== undefined) throw new Refusal(400, problem);
  }
  const left = new AbortController();
  res.on('close', () => left.abort(new Error('the client has left')));
  const params = req.params as Readonly<Record<string, string>>;
  return { gateway, target: typeof scope === 'string' ? gateway.scope(scope) : gateway, params, query: rest, body: given, signal: left.signal };
}

/** Texts as what the schemas say they are, with what stands for those that are missing. */
function queryOf(given: Readonly<Record<string, unknown>>, known: Readonly<Record<string, Schema>>): Record<string, string | number | boolean> {
  const values: Record<string, unknown> = {};
  for (const [name, schema] of Object.entries(known)) {
    const value = given[name] ?? schema.default;
    if (value !== undefined) values[name] = valueOf(value, schema);
  }
  const problem = problemWith({ ...given, ...values }, { type: 'object', properties: known, additionalProperties: false }, 'the query');
  if (problem !== undefined) throw new Refusal(400, problem);
  return values as Record<string, string | number | boolean>;
}

function valueOf(value: unknown, { type }: Schema): unknown {
  if (typeof value !== 'string') return value;
  if ((type === 'integer' || type === 'number') && value.trim() !== '') return Number(value);
  if (type === 'boolean') return value === 'true' ? true : value === 'false' ? false : value;
  return value;
}
