import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { exited, FunctionError, timedOut } from './function-error.ts';
import type { FunctionPlan, Instance, Invocation, LogLevel } from './instance.ts';
import { RuntimeApi } from './runtime-api.ts';

/** How long a command may take to ask for its first invocation, in ms of the machine's time. */
const initMs = 10_000;
/** What is said to a runtime about an invocation that nobody breaks off. */
const longestMs = 900_000;

interface Pending {
  readonly invocation: Invocation;
  readonly resolve: (result: string) => void;
  readonly reject: (error: Error) => void;
}

/** A process of the user's own that asks for its invocations as a runtime in production does: any language. */
export class CommandInstance implements Instance {
  readonly files: ReadonlySet<string> = new Set();
  readonly #plan: FunctionPlan;
  readonly #api: RuntimeApi;
  #child: ChildProcess | null = null;
  #asks = false;
  #ended = false;
  #pending: Pending | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(plan: FunctionPlan, command: readonly string[]) {
    this.#plan = plan;
    this.#api = new RuntimeApi({
      next: () => {
        this.#asks = true;
        this.#send();
      },
      answered: (id, body) => this.#settle(id, ({ resolve }) => resolve(body)),
      failed: (id, report) => this.#settle(id, ({ reject }) => reject(new FunctionError(report))),
    });
    this.#api.listen().then(
      (address) => this.#start(command, address),
      (error: Error) => this.#end(error),
    );
  }

  get ended(): boolean {
    return this.#ended;
  }

  invoke(invocation: Invocation): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#pending = { invocation, resolve, reject };
      this.#child?.ref();
      if (this.#ended) this.#end('');
      else if (this.#asks) this.#send();
      else this.#breakOffAfter(initMs);
    });
  }

  async stop(): Promise<void> {
    this.#end('signal: killed');
    this.#child?.kill('SIGKILL');
    this.#api.close();
  }

  #start([program = '', ...args]: readonly string[], address: string): void {
    if (this.#ended) return;
    const { environment, folder } = this.#plan;
    const env = { ...environment, AWS_LAMBDA_RUNTIME_API: address };
    const child = spawn(program, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child = child;
    child.on('error', (error) => this.#end(error));
    child.on('exit', (code, signal) => this.#end(signal === null ? (code === 0 ? '' : `exit status ${code}`) : `signal: ${signal}`));
    this.#log(child.stdout, 'INFO');
    this.#log(child.stderr, 'ERROR');
    if (this.#pending === null) child.unref();
  }

  #log(stream: Readable, level: LogLevel): void {
    const { name, log } = this.#plan;
    createInterface({ input: stream }).on('line', (text) =>
      log({ function: name, requestId: this.#pending?.invocation.requestId ?? '', level, text }),
    );
  }

  #send(): void {
    if (this.#pending === null || !this.#asks) return;
    const { timeoutMs, arn } = this.#plan;
    const { requestId, event } = this.#pending.invocation;
    this.#asks = false;
    clearTimeout(this.#timer);
    if (timeoutMs > 0) this.#breakOffAfter(timeoutMs);
    this.#api.give({ requestId, event, arn, deadline: Date.now() + (timeoutMs > 0 ? timeoutMs : longestMs) });
  }

  #breakOffAfter(ms: number): void {
    this.#timer = setTimeout(() => {
      this.#ended = true;
      this.#settle(undefined, ({ invocation, reject }) => reject(timedOut(invocation.requestId, ms)));
      void this.stop();
    }, ms);
  }

  #end(how: string | Error): void {
    this.#ended = true;
    this.#settle(undefined, ({ invocation, reject }) => reject(typeof how === 'string' ? exited(invocation.requestId, how) : how));
  }

  /** An answer to an invocation that is over is for nobody. */
  #settle(requestId: string | undefined, act: (pending: Pending) => void): void {
    const pending = this.#pending;
    if (pending === null || (requestId !== undefined && requestId !== pending.invocation.requestId)) return;
    this.#pending = null;
    clearTimeout(this.#timer);
    this.#child?.unref();
    act(pending);
  }
}
