import { pathToFileURL } from 'node:url';
import { MessageChannel, receiveMessageOnPort, Worker, type MessagePort } from 'node:worker_threads';
import { moduleProgram } from './module-program.ts';

export interface ModuleQuestion {
  readonly absolute: string;
  readonly keys: readonly string[];
  /** What functions of the module are given, as Serverless does. */
  readonly options: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** A property of the configuration, worked out. */
  readonly property: (keys: readonly string[]) => unknown;
  /** How long the module may say nothing. */
  readonly maxMs?: number;
}

/** What a module says, as JSON: of itself as a whole, or of the part that was asked for. `files`: what it loaded. */
export type ModuleAnswer =
  | { readonly text: string | undefined; readonly isWhole: boolean; readonly files: readonly string[] }
  | { readonly error: string };

type Message = ModuleAnswer | { readonly id: number; readonly ask: readonly string[] };

/**
 * Runs a module in a thread of its own and waits for what it says: a configuration is read in one go, and modules may take their time.
 * One that does not come to an end is given up after ten seconds.
 */
export function moduleValue({ absolute, keys, options, env, property, maxMs = 10_000 }: ModuleQuestion): ModuleAnswer {
  const { port1: here, port2: port } = new MessageChannel();
  const turns = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(moduleProgram, {
    eval: true,
    workerData: { file: pathToFileURL(absolute).href, keys, options, port, turns },
    transferList: [port],
    env: Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined)) as NodeJS.ProcessEnv,
    resourceLimits: { maxOldGenerationSizeMb: 256 },
    stdout: true,
    stderr: true,
  });
  worker.on('error', () => undefined);
  worker.unref();
  try {
    return conversation(here, turns, property, maxMs);
  } finally {
    here.close();
    void worker.terminate();
  }
}

function conversation(here: MessagePort, turns: Int32Array, property: ModuleQuestion['property'], maxMs: number): ModuleAnswer {
  for (;;) {
    const turn = Atomics.load(turns, 0);
    const message = (receiveMessageOnPort(here) as { readonly message: Message } | undefined)?.message;
    if (message === undefined) {
      if (Atomics.wait(turns, 0, turn, maxMs) === 'timed-out') return { error: `it does not come to an end within ${maxMs / 1000} s` };
    } else if ('ask' in message) here.postMessage({ id: message.id, value: property(message.ask) });
    else return message;
  }
}
