import { statSync } from 'node:fs';
import path from 'node:path';
import type { ConfiguredFunction, FunctionSettings, LocalUpstream } from '../model/gateway.ts';
import type { LogLine } from '../transport/functions/instance.ts';
import { LocalFunctions, type Invoke } from '../transport/functions/local-functions.ts';
import { printLog, withoutSecrets } from './function-log.ts';
import type { GatewayOptions } from './types.ts';
import { watchFiles, type Watching } from './watch.ts';

export const functionPrefix = 'function:';

export interface Functions {
  /** All the names of the function that one of them asks for. */
  namesOf(name: string): readonly string[];
  find(name: string): Invoke | undefined;
  /** What the configuration itself says. */
  configure(upstreams: Readonly<Record<string, LocalUpstream>>): void;
  close(): Promise<void>;
}

export const isFunction = (target: LocalUpstream): target is ConfiguredFunction => 'function' in target;

/** The functions of a gateway, what they print, and their sources, which are watched where the configuration is. */
export function composeFunctions(
  options: Pick<GatewayOptions, 'folder' | 'env' | 'watch' | 'onFunctionLog'>,
  given: ReadonlyMap<string, FunctionSettings>,
): Functions {
  const heard = options.onFunctionLog ?? printLog;
  const log = (line: LogLine): void => {
    const environment = { ...process.env, ...options.env, ...functions.settingsOf(line.function)?.environment };
    heard({ ...line, text: withoutSecrets(line.text, environment as Record<string, string>) });
  };
  const sources = options.watch === true ? new WatchedSources((changed) => functions.renew(changed)) : null;
  const functions = new LocalFunctions(
    { folder: path.resolve(options.folder ?? '.'), env: options.env ?? process.env, log, loaded: (files) => sources?.add(files) },
    given,
  );
  return {
    namesOf: (name) => functions.namesOf(name),
    find: (name) => functions.find(name),
    configure(upstreams) {
      const configured = new Map(
        Object.entries(upstreams).flatMap(([name, target]) =>
          name.startsWith(functionPrefix) && isFunction(target) ? [[name.slice(functionPrefix.length), target]] : [],
        ),
      );
      functions.configure(configured);
    },
    async close() {
      await Promise.all([sources?.close(), functions.close()]);
    },
  };
}

/** Files that functions were made of. The watcher is there from the first one on. */
class WatchedSources {
  /** As each was when it was loaded. */
  readonly #known = new Map<string, string>();
  readonly #changed: (files: ReadonlySet<string>) => void;
  #watching: Promise<Watching> | null = null;
  #closed = false;

  constructor(changed: (files: ReadonlySet<string>) => void) {
    this.#changed = changed;
  }

  add(files: readonly string[]): void {
    if (this.#closed || files.length === 0) return;
    for (const file of files) this.#known.set(file, stateOf(file));
    const look = async (): Promise<void> => this.#look();
    if (this.#watching === null) this.#watching = watchFiles(files, look);
    else void this.#watching.then((watching) => watching.add(files));
  }

  async close(): Promise<void> {
    this.#closed = true;
    await (await this.#watching)?.close();
  }

  #look(): void {
    const changed = new Set<string>();
    for (const [file, before] of this.#known) {
      const now = stateOf(file);
      // A file that is being replaced is away for a moment: what runs goes on until there is another one.
      if (now === before || now === '') continue;
      this.#known.set(file, now);
      changed.add(file);
    }
    if (changed.size > 0) this.#changed(changed);
  }
}

function stateOf(file: string): string {
  const found = statSync(file, { throwIfNoEntry: false });
  return found === undefined ? '' : `${found.mtimeMs} ${found.size}`;
}
