import { spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';

const bin = path.resolve(import.meta.dirname, '../../bin/devgateway.js');

/** One run of the built command line in a process of its own. */
export class Spawned {
  readonly child: ChildProcess;
  out = '';
  err = '';
  readonly #ended: Promise<number>;
  readonly #waiting = new Set<() => void>();

  constructor(folder: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    this.child = spawn(process.execPath, [bin, ...args], {
      cwd: folder,
      env: { ...process.env, NO_COLOR: '1', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child.stdout?.on('data', (data: Buffer) => this.#heard((this.out += data.toString())));
    this.child.stderr?.on('data', (data: Buffer) => this.#heard((this.err += data.toString())));
    this.#ended = new Promise((resolve) => this.child.once('close', (code) => resolve(code ?? -1)));
  }

  /** Resolves with the match once the output holds it; rejects where the process ends before. */
  async says(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = pattern.exec(this.out) ?? pattern.exec(this.err);
      if (found !== null) return found;
      const more = new Promise<'more'>((resolve) => this.#waiting.add(() => resolve('more')));
      if ((await Promise.race([more, this.#ended])) !== 'more') throw new Error(`ended without ${pattern}:\n${this.out}\n${this.err}`);
    }
  }

  async url(): Promise<string> {
    return (await this.says(/(http:\/\/127\.0\.0\.1:\d+)/))[1] as string;
  }

  get ended(): Promise<number> {
    return this.#ended;
  }
  stop(signal: NodeJS.Signals = 'SIGINT'): Promise<number> {
    this.child.kill(signal);
    return this.#ended;
  }

  #heard(_text: string): void {
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }
}
