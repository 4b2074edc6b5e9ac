import { readFileSync, readdirSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { diagnosticAt, DevgatewayError } from '../model/error.ts';

/** The name of what comes by standard input. */
export const standardInput = '-';

const maxBytes = 64 * 1024 * 1024;

/** The files of one load, as a reader sees them. Every file and folder that was looked at is remembered: a reload watches them. */
export class Files {
  /** Absolute paths that were read, or looked for and not found. */
  readonly seen: Set<string> = new Set();
  /** What was found: texts of files, and names in folders. */
  readonly #found = new Map<string, string>();
  readonly #folder: string;
  readonly #given: ReadonlyMap<string, string>;

  /** `folder`: what names are shown relative to, usually the working folder. `given`: texts in the place of files, by names relative to it. */
  constructor(folder: string, given: Readonly<Record<string, string>> = {}) {
    this.#folder = folder;
    this.#given = new Map(Object.entries(given).map(([name, text]) => [path.resolve(folder, name), text]));
  }

  /** The name to show for a path. */
  nameOf(absolute: string): string {
    const relative = path.relative(this.#folder, absolute);
    return relative === '' || relative.startsWith('..') ? absolute : relative;
  }

  /** The same for a command line: `.` is the folder that names count from. */
  placeOf(absolute: string): string {
    return path.relative(this.#folder, absolute) === '' ? '.' : this.nameOf(absolute);
  }

  /** The text of a file, or undefined where there is none. @throws DevgatewayError DG1102 where it cannot be read. */
  read(absolute: string): string | undefined {
    const given = this.#given.get(absolute);
    if (given !== undefined) return given;
    this.seen.add(absolute);
    try {
      const { size } = statSync(absolute);
      if (size > maxBytes) throw new Error(`it is larger than ${maxBytes} bytes`);
      const text = readFileSync(absolute, 'utf8');
      this.#found.set(absolute, text);
      return text;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      const origin = { file: this.nameOf(absolute), line: 0, column: 0, pointer: '' };
      throw new DevgatewayError(diagnosticAt('DG1102', origin, `cannot be read: ${(error as Error).message}`));
    }
  }

  /** Names in a folder, sorted; empty where there is none. */
  list(absolute: string): string[] {
    this.seen.add(absolute);
    try {
      const names = readdirSync(absolute).sort();
      this.#found.set(absolute, names.join('\n'));
      return names;
    } catch {
      return [];
    }
  }

  /** Whether everything that was looked at would be found again as it was: editors touch a file several times for one change. */
  isUnchanged(): boolean {
    const now = new Files(this.#folder);
    for (const absolute of this.seen) {
      if (this.isFolder(absolute)) now.list(absolute);
      else now.read(absolute);
      if (now.#found.get(absolute) !== this.#found.get(absolute)) return false;
    }
    return true;
  }

  isFolder(absolute: string): boolean {
    try {
      return !this.#given.has(absolute) && statSync(absolute).isDirectory();
    } catch {
      return false;
    }
  }

  isSame(a: string, b: string): boolean {
    try {
      return realpathSync(a) === realpathSync(b);
    } catch {
      return a === b;
    }
  }
}
