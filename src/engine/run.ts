import { Fields } from '../http/fields.ts';
import { BodyBroken, BodyTooLarge } from '../http/body.ts';
import { fault, type Fault, type Wording } from '../model/fault.ts';
import { Exchange, type ResponseState, type SubRequest, type SubResponse, type SubrequestRunner } from './exchange.ts';
import type { Answer, LinkedFaultBook, LinkedStep, Match } from './kit.ts';
import type { LinkedPlan, SiteProgram } from './link.ts';
import { MessageBody } from './message-body.ts';
import { refuse, type Failure, type Outcome } from './outcome.ts';
import { applyBodySteps } from './response-body.ts';

/** Puts a response on whatever the request came by. Answers undefined, or a promise that resolves, when it is written or the client is gone; never rejects. */
export interface Responder {
  send(exchange: Exchange, response: ResponseState): Promise<void> | undefined;
}

/** Runs a request through a site, from arrival to log. Never rejects: what goes wrong is answered. */
export async function run(program: SiteProgram, exchange: Exchange, responder: Responder): Promise<void> {
  const plan = await respond(program, exchange);
  exchange.recorder?.responding(exchange.response as ResponseState, plan.body.length > 0);
  const sent = responder.send(exchange, exchange.response as ResponseState);
  if (sent !== undefined) await sent;
  const logged = runSteps(plan.log, exchange);
  if (logged instanceof Promise) await logged;
}

/** Answers a fault that came before the request could be run. */
export async function answerFault(program: SiteProgram, exchange: Exchange, what: Fault, responder: Responder): Promise<void> {
  settle(program.book, exchange, what);
  const headed = runSteps(program.noRoute.head, exchange);
  if (headed instanceof Promise) await headed;
  exchange.recorder?.responding(exchange.response as ResponseState, true);
  await responder.send(exchange, exchange.response as ResponseState);
}

/** Runs a request up to a complete response head: `exchange.response` is set. Returns the plan that answered. */
export async function respond(program: SiteProgram, exchange: Exchange): Promise<LinkedPlan> {
  exchange.runner = runnerOf(program);
  let plan = program.noRoute;
  let named: string | null = null;
  let pending = runSteps(program.arrival, exchange);
  let outcome: Outcome = pending instanceof Promise ? await pending : pending;
  for (;;) {
    if (outcome === undefined) {
      const found: Match = named === null ? match(program, exchange) : namedRoute(program, named);
      plan = 'route' in found ? (program.plans.get(found.route) as LinkedPlan) : program.noRoute;
      if ('route' in found) {
        exchange.route = found.route;
        exchange.params = found.params;
        exchange.trace?.add('match', program.site.matcher.kind, found.route.label.match, found.route.origin);
      } else exchange.trace?.add('match', program.site.matcher.kind, found.fault.kind, null);
      pending = runSteps(plan.request, exchange);
      outcome = pending instanceof Promise ? await pending : pending;
      if (outcome === undefined && 'route' in found) {
        try {
          const opened = open(plan, exchange);
          outcome = accept(opened instanceof Promise ? await opened : opened, plan, exchange);
        } catch (error) {
          outcome = refuse(faultOf(error));
        }
      } else outcome ??= found as Failure;
    }
    if (outcome?.type !== 'jump') {
      if (outcome !== undefined) settle(program.book, exchange, outcome.type === 'fault' ? outcome.fault : outcome);
      pending = runSteps(plan.head, exchange);
      outcome = pending instanceof Promise ? await pending : pending;
      if (outcome === undefined) {
        const failed = plan.body.length === 0 ? undefined : await applyBodySteps(plan.body, exchange);
        if (failed !== undefined) settle(program.book, exchange, failed);
        return plan;
      }
      if (outcome.type !== 'jump') {
        settle(program.book, exchange, outcome.type === 'fault' ? outcome.fault : outcome);
        return plan;
      }
    }
    exchange.jumps += 1;
    if (exchange.jumps > program.site.limits.maxJumps) {
      settle(program.book, exchange, fault('too-many-jumps', { limit: program.site.limits.maxJumps }));
      return plan;
    }
    exchange.response?.body.abandon();
    exchange.response = null;
    exchange.fault = null;
    exchange.resetOutgoing();
    named = 'route' in outcome.to ? outcome.to.route : null;
    if ('path' in outcome.to) {
      exchange.path = outcome.to.path;
      if (outcome.to.query !== undefined) exchange.query = outcome.to.query;
    }
    outcome = undefined;
  }
}

/** Runs steps in order until one does not go on. A promise is made only from the first step on that makes one. */
export function runSteps(steps: readonly LinkedStep[], exchange: Exchange, from = 0): Outcome | Promise<Outcome> {
  for (let at = from; at < steps.length; at += 1) {
    const { step, run: act } = steps[at] as LinkedStep;
    let outcome: Outcome | Promise<Outcome>;
    try {
      outcome = act(exchange);
    } catch (error) {
      outcome = refuse(faultOf(error));
    }
    if (outcome instanceof Promise) return waitAndGoOn(outcome, steps, exchange, at);
    if (outcome !== undefined || exchange.trace !== null) exchange.decided(step, outcome);
    if (outcome !== undefined) return outcome;
  }
  return undefined;
}

async function waitAndGoOn(waiting: Promise<Outcome>, steps: readonly LinkedStep[], exchange: Exchange, at: number): Promise<Outcome> {
  let outcome: Outcome;
  try {
    outcome = await waiting;
  } catch (error) {
    outcome = refuse(faultOf(error));
  }
  exchange.decided((steps[at] as LinkedStep).step, outcome);
  return outcome ?? runSteps(steps, exchange, at + 1);
}

function match(program: SiteProgram, exchange: Exchange): Match {
  try {
    return program.match(exchange);
  } catch (error) {
    return refuse(faultOf(error));
  }
}

function namedRoute(program: SiteProgram, id: string): Match {
  const route = program.routes.get(id);
  return route === undefined ? refuse(fault('internal', { cause: new Error(`jump to the unknown route ${id}`) })) : { route, params: {} };
}

/** Asks the destination. A promise is made only where it makes one. */
function open(plan: LinkedPlan, exchange: Exchange): Answer | Failure | undefined | Promise<Answer | Failure> {
  const { destination } = plan;
  if (destination === null) return refuse(fault('internal', { cause: new Error('the route has no destination') }));
  const { model } = destination;
  if (exchange.dry) {
    exchange.trace?.add('send', model.kind, `${exchange.outgoing.method} ${exchange.outgoing.target ?? exchange.path}`, model.origin);
    exchange.response = { status: 200, statusText: undefined, headers: new Fields(), body: MessageBody.of(''), from: 'upstream', tunnel: undefined };
    return undefined;
  }
  exchange.recorder?.sending(exchange);
  return destination.open(exchange);
}

function accept(answer: Answer | Failure | undefined, plan: LinkedPlan, exchange: Exchange): Failure | undefined {
  if (answer === undefined) return undefined;
  if ('type' in answer) {
    exchange.decidedBy = plan.destination?.model ?? null;
    return answer;
  }
  const { status, statusText, headers, length, tunnel } = answer;
  const whole = answer.whole ?? null;
  const body = whole === null ? new MessageBody(length === 0 ? null : answer, length) : MessageBody.of(whole);
  exchange.response = { status, statusText, headers, body, from: 'upstream', tunnel };
  exchange.recorder?.answered(exchange.response);
  return undefined;
}

/** What was thrown, as a fault. A body that is too large or broke off is the client's doing, anything else our own. */
export function faultOf(error: unknown): Fault {
  if (error instanceof BodyTooLarge) return fault('body-too-large', { limit: error.limit });
  if (error instanceof BodyBroken) return fault('bad-request', { reason: 'the request body broke off' });
  return fault('internal', { cause: error });
}

/** Makes the response of a fault or a reply. An answer that it replaces is abandoned. */
function settle(book: LinkedFaultBook, exchange: Exchange, what: Fault | Wording): void {
  exchange.response?.body.abandon();
  const isFault = 'kind' in what;
  exchange.fault = isFault ? what : null;
  const wording = isFault ? wordFault(book, what, exchange) : what;
  exchange.response = {
    status: wording.status,
    statusText: wording.statusText,
    headers: new Fields(wording.headers.slice()),
    body: MessageBody.of(wording.body),
    from: isFault ? 'fault' : 'reply',
    tunnel: undefined,
  };
}

/** The gateway's own words for a fault. `exchange` is null where the message was too broken to become one. */
export function wordFault(book: LinkedFaultBook, what: Fault, exchange: Exchange | null): Wording {
  const word = (book.core as Readonly<Record<string, unknown>>)[what.kind] ?? (book.own as Readonly<Record<string, unknown>>)[what.kind];
  if (typeof word !== 'function') return book.core.internal({ cause: new Error(`the fault ${what.kind} has no words`) }, exchange);
  return (word as (detail: unknown, context: Exchange | null) => Wording)(what.detail, exchange);
}

const runners = new WeakMap<SiteProgram, SubrequestRunner>();
function runnerOf(program: SiteProgram): SubrequestRunner {
  let runner = runners.get(program);
  if (runner === undefined) runners.set(program, (runner = { subrequest: (parent, request) => subrequest(program, parent, request) }));
  return runner;
}

async function subrequest(program: SiteProgram, parent: Exchange, request: SubRequest): Promise<SubResponse> {
  const child = new Exchange({
    arrived: { ...parent.arrived, method: request.method, target: request.query === '' ? request.path : `${request.path}?${request.query}` },
    connection: parent.connection,
    listener: parent.listener,
    startedAt: parent.startedAt,
    parent,
    body: request.body === null ? new MessageBody(null) : MessageBody.of(request.body),
  });
  child.trace = parent.trace;
  child.dry = parent.dry;
  child.jumps = parent.jumps + 1;
  if (child.jumps > program.site.limits.maxJumps) throw new Error('too many nested subrequests');
  child.path = request.path;
  child.query = request.query;
  await respond(program, child);
  const response = child.response as ResponseState;
  return { status: response.status, headers: response.headers, body: await response.body.whole() };
}
