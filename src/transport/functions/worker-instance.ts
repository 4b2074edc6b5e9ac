import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { exited, FunctionError, timedOut } from './function-error.ts';
import type { FunctionPlan, Instance, Invocation } from './instance.ts';
import type { FromWorker, ToWorker, WorkerPlan } from './worker-messages.ts';

/** It lies beside this module in the sources and the package, and beside the bundles that hold this module. */
const program = (): URL => new URL(`./function-worker${path.extname(import.meta.url)}`, import.meta.url);

/** How long a module may take to load, in ms of the machine's time. */
const initMs = 10_000;

interface Pending {
  readonly requestId: string;
  readonly resolve: (result: string) => void;
  readonly reject: (error: Error) => void;
}

/** A function in a thread of its own, which can be ended whatever it does. */
export class WorkerInstance implements Instance {
  readonly #worker: Worker;
  readonly #plan: FunctionPlan;
  readonly #files = new Set<string>();
  #ready = false;
  #ended = false;
  #pending: Pending | null = null;
  #waiting: ToWorker | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(plan: FunctionPlan, code: Pick<WorkerPlan, 'handler' | 'layers' | 'inline'>) {
    this.#plan = plan;
    const { name, memoryMb, arn } = plan;
    this.#worker = new Worker(program(), {
      name: `function:${name}`,
      workerData: { name, memoryMb, arn, ...code } satisfies WorkerPlan,
      env: { ...plan.environment },
      resourceLimits: { maxOldGenerationSizeMb: memoryMb },
      execArgv: ['--enable-source-maps', '--disable-warning=ExperimentalWarning'],
      stdout: true,
      stderr: true,
    });
    this.#worker.on('message', (message: FromWorker) => this.#hear(message));
    this.#worker.on('error', (error: NodeJS.ErrnoException) => this.#end(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'signal: killed' : error));
    this.#worker.on('exit', (code) => this.#end(code === 0 ? '' : `exit status ${code}`));
  }

  get ended(): boolean {
    return this.#ended;
  }

  get files(): ReadonlySet<string> {
    return this.#files;
  }

  invoke({ requestId, event, version }: Invocation): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#pending = { requestId, resolve, reject };
      this.#worker.ref();
      if (this.#ended) return this.#end('');
      this.#waiting = { requestId, event, version, deadline: 0 };
      if (this.#ready) this.#send();
      else this.#breakOffAfter(initMs);
    });
  }

  async stop(): Promise<void> {
    this.#end('signal: killed');
    await this.#worker.terminate();
  }

  /** Time counts from here: waiting for the module to be loaded is none of the function's own. */
  #send(): void {
    const { timeoutMs } = this.#plan;
    clearTimeout(this.#timer);
    if (timeoutMs > 0) this.#breakOffAfter(timeoutMs);
    this.#worker.postMessage({ ...this.#waiting, deadline: timeoutMs > 0 ? Date.now() + timeoutMs : 0 });
    this.#waiting = null;
  }

  #breakOffAfter(ms: number): void {
    this.#timer = setTimeout(() => {
      this.#ended = true;
      this.#settle(({ requestId, reject }) => reject(timedOut(requestId, ms)));
      void this.#worker.terminate();
    }, ms);
  }

  #hear(message: FromWorker): void {
    if (message.type === 'log') this.#plan.log({ function: this.#plan.name, requestId: message.requestId, level: message.level, text: message.text });
    else if (message.type === 'files') {
      for (const file of message.files) this.#files.add(file);
      this.#plan.loaded(message.files);
    } else if (message.type === 'ready') {
      this.#ready = true;
      if (this.#waiting !== null) this.#send();
    } else if (message.type === 'done') this.#settle(({ resolve }) => resolve(message.result));
    else {
      if (message.last) this.#ended = true;
      this.#settle(({ reject }) => reject(new FunctionError(message.report)));
    }
  }

  #end(how: string | Error): void {
    this.#ended = true;
    this.#settle(({ requestId, reject }) => reject(typeof how === 'string' ? exited(requestId, how) : how));
  }

  #settle(act: (pending: Pending) => void): void {
    const pending = this.#pending;
    if (pending === null) return;
    this.#pending = null;
    clearTimeout(this.#timer);
    // A warm function keeps nobody's process from ending.
    this.#worker.unref();
    act(pending);
  }
}
