import { randomUUID } from 'node:crypto';
import path from 'node:path';
import type { ConfiguredFunction, FunctionSettings } from '../../model/gateway.ts';
import { arnOf, defaultMemoryMb, functionEnvironment } from './function-environment.ts';
import type { FunctionPool } from './function-pool.ts';
import type { FunctionPlan, Invocation, LogLine } from './instance.ts';

/** What a function is called with beside its event; what is missing is made. */
export interface Caller {
  readonly awsRequestId?: string;
  readonly functionVersion?: string;
}
export type Invoke = (event: unknown, caller?: Caller) => Promise<unknown>;

export interface FunctionHost {
  /** What relative paths count from. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: (line: LogLine) => void;
  readonly loaded: (files: readonly string[]) => void;
}

const defaultTimeoutMs = 3_000;

interface Made {
  readonly key: string;
  readonly invoke: Invoke;
  /** Null until it is first asked, and of a URL. */
  readonly pool: () => Promise<FunctionPool> | null;
}

/** Functions that run on this machine, from when they are first asked until the gateway is closed or a reload says something else of them. */
export class LocalFunctions {
  readonly #host: FunctionHost;
  readonly #given: ReadonlyMap<string, FunctionSettings>;
  #configured: ReadonlyMap<string, ConfiguredFunction> = new Map();
  #names: ReadonlyMap<string, readonly string[]> = new Map();
  readonly #made = new Map<string, Made>();

  /** `given`: in code or on the command line, which stands above the configuration. */
  constructor(host: FunctionHost, given: ReadonlyMap<string, FunctionSettings>) {
    this.#host = host;
    this.#given = given;
  }

  /** What the configuration itself says. */
  configure(configured: ReadonlyMap<string, ConfiguredFunction>): void {
    this.#configured = configured;
    this.#names = new Map([...configured].flatMap(([name, { also = [] }]) => [name, ...also].map((one) => [one, [name, ...also]] as const)));
    for (const [name, made] of this.#made) {
      const settings = this.settingsOf(name);
      if (settings !== undefined && JSON.stringify(settings) === made.key) continue;
      this.#made.delete(name);
      void closed(made);
    }
  }

  /** All the names of the function that one of them asks for. */
  namesOf(name: string): readonly string[] {
    return this.#names.get(name) ?? [name];
  }

  find(asked: string): Invoke | undefined {
    const [name = asked] = this.namesOf(asked);
    const known = this.#made.get(name);
    if (known !== undefined) return known.invoke;
    const settings = this.settingsOf(name);
    if (settings === undefined || (typeof settings.function === 'object' && 'elsewhere' in settings.function)) return undefined;
    const made = this.#make(name, settings);
    this.#made.set(name, made);
    return made.invoke;
  }

  /** Whoever runs one of these files is made anew. */
  renew(changed: ReadonlySet<string>): void {
    for (const { pool } of this.#made.values()) void pool()?.then((one) => one.renew(changed));
  }

  async close(): Promise<void> {
    await Promise.all([...this.#made.values()].map(closed));
  }

  settingsOf(asked: string): ConfiguredFunction | undefined {
    const names = this.namesOf(asked);
    const given = names.find((name) => this.#given.has(name));
    if (given !== undefined) return this.#given.get(given);
    // What defines the names comes last.
    const [own = asked] = names;
    return this.#configured.get(names.findLast((name) => this.#configured.has(name)) ?? own);
  }

  #make(asked: string, settings: ConfiguredFunction): Made {
    const { name = asked } = settings;
    const { function: what, timeoutMs = defaultTimeoutMs } = settings;
    const key = JSON.stringify(settings);
    if (typeof what === 'object' && 'url' in what) {
      const ask = async (invocation: Invocation): Promise<unknown> => (await import('./invoke-url.ts')).invokeUrl(what.url, invocation, timeoutMs);
      return { key, pool: () => null, invoke: (event, caller) => ask(invocationOf(event, caller)) };
    }
    const { env, folder: usual, log, loaded } = this.#host;
    const folder = path.resolve(usual, settings.folder ?? '.');
    const plan: FunctionPlan = {
      name,
      folder,
      environment: functionEnvironment(name, settings, folder, env),
      memoryMb: settings.memoryMb ?? defaultMemoryMb,
      timeoutMs,
      arn: arnOf(name, env),
      // Whoever reads it knows the name that it is mapped by.
      log: (line) => log({ ...line, function: asked }),
      loaded,
    };
    let pool: Promise<FunctionPool> | null = null;
    return {
      key,
      pool: () => pool,
      async invoke(event, caller) {
        const invocation = invocationOf(event, caller);
        // Threads and processes are loaded only where a function is asked.
        pool ??= import('./pool-of.ts').then(({ poolOf }) => poolOf(plan, settings));
        return (await pool).invoke(invocation);
      },
    };
  }
}

const closed = async ({ pool }: Made): Promise<void> => (await pool())?.close();

const invocationOf = (event: unknown, caller: Caller = {}): Invocation => ({
  requestId: caller.awsRequestId ?? randomUUID(),
  event: JSON.stringify(event) ?? 'null',
  version: caller.functionVersion ?? '$LATEST',
});
