import { noTestTokens } from '../../../src/engine/test-tokens.ts';
import { Exchange } from '../../../src/engine/exchange.ts';
import type { Deps, StepFunction, StepKind } from '../../../src/engine/kit.ts';
import { MessageBody } from '../../../src/engine/message-body.ts';
import type { Outcome } from '../../../src/engine/outcome.ts';
import { GatewayClock } from '../../../src/gateway/clock.ts';
import { MemoryStore, ProcessMemory } from '../../../src/gateway/store.ts';
import { Fields } from '../../../src/http/fields.ts';
import { nowhere } from '../../../src/model/origin.ts';

export type TestDeps = Deps & { readonly clock: GatewayClock; readonly memory: ProcessMemory };

/** A clock that stands, and documents by their URL; what is not there cannot be fetched. */
export function depsWith(documents: Record<string, unknown> = {}, fetched: string[] = []): TestDeps {
  const clock = new GatewayClock(() => Date.UTC(2024, 0, 1));
  clock.freeze();
  return {
    clock,
    store: new MemoryStore(),
    storeAt: () => null,
    memory: new ProcessMemory(),
    random: () => 0,
    functions: () => undefined,
    testTokens: noTestTokens,
    secretFields: new Set<string>(),
    fetch(url) {
      fetched.push(url);
      const found = documents[url];
      if (found === undefined) return Promise.reject(new Error(`${url} is down`));
      return Promise.resolve({ status: 200, headers: new Fields(), text: typeof found === 'string' ? found : JSON.stringify(found) });
    },
  };
}

const unlinked = (): never => {
  throw new Error('this kind holds no others');
};
export const stepOf = <O>(kind: StepKind<O>, options: O, deps: Deps = depsWith()): StepFunction =>
  kind.create(options, { ...deps, link: unlinked, linkAll: unlinked, linkDestination: unlinked }, { kind: kind.kind, options, origin: nowhere });

interface Asked {
  readonly target?: string;
  readonly headers?: readonly string[];
  readonly address?: string;
  readonly scope?: string;
}
export const request = ({ target = '/', headers = [], address = '127.0.0.1', scope = '' }: Asked = {}): Exchange =>
  new Exchange({
    arrived: { method: 'GET', target, httpVersion: '1.1', headers: new Fields([...headers]) },
    connection: { remoteAddress: address, remotePort: 1, secure: false },
    listener: { name: 'test', port: 80, protocol: 'http' },
    startedAt: 0,
    scope,
    body: new MessageBody(null),
  });

/** `pass`, or what was refused and why. */
export async function verdict(step: StepFunction, exchange: Exchange): Promise<string> {
  return worded(await step(exchange));
}
export function worded(outcome: Outcome): string {
  if (outcome === undefined) return 'pass';
  if (outcome.type !== 'fault') return outcome.type;
  const { reason = '' } = outcome.fault.detail as { reason?: string };
  return `${outcome.fault.kind}${reason === '' ? '' : `: ${reason}`}`;
}
