import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import path from 'node:path';
import { diagnosticAt, DevgatewayError } from '../../model/error.ts';
import { nowhere } from '../../model/origin.ts';
import { fromHar } from './har.ts';
import type { TapedExchange } from './taped.ts';

/** An exchange as it stands in a file, and the entry that says so. */
export interface TapedEntry {
  readonly exchange: TapedExchange;
  readonly json: string;
}

const largest = 256 * 1_048_576;

/** The file of a tape: one that is named `.har`, else `traffic.har` in a folder of that name. */
export const tapeFileOf = (name: string, folder: string): string => {
  const absolute = path.resolve(folder, name);
  return /\.har$/i.test(absolute) ? absolute : path.join(absolute, 'traffic.har');
};

/**
 * Reads a HAR file. Undefined where there is none.
 * @throws DevgatewayError DG1601 where it cannot be read as one.
 */
export function readTape(file: string): TapedEntry[] | undefined {
  if (!existsSync(file)) return undefined;
  const unreadable = (what: string): DevgatewayError =>
    new DevgatewayError(
      diagnosticAt('DG1601', { ...nowhere, file }, what, 'expected a HAR 1.2 file: record it again, or take it from version control'),
    );
  if (statSync(file).size > largest) throw unreadable(`is larger than ${largest} bytes`);
  const entries = entriesOf(readFileSync(file, 'utf8').replace(/^\u{feff}/u, ''));
  if (typeof entries === 'string') throw unreadable(entries);
  return entries.map((entry, at) => {
    try {
      return { exchange: fromHar(entry), json: jsonOf(entry) };
    } catch (error) {
      throw unreadable(`entry ${at + 1}: ${(error as Error).message}`);
    }
  });
}

function entriesOf(text: string): unknown[] | string {
  try {
    const { log } = JSON.parse(text) as { log?: { entries?: unknown } };
    return Array.isArray(log?.entries) ? log.entries : 'has no log.entries';
  } catch (error) {
    return `is no JSON: ${(error as Error).message}`;
  }
}

/** Indented for people, a field on one line. Text within the JSON holds no line breaks of its own. */
export const jsonOf = (entry: unknown): string => JSON.stringify(entry, null, 1).replaceAll(pair, '{ $1, $2 }');
const pair = /\{\n +("name": "[^"\\]*(?:\\.[^"\\]*)*"),\n +("value": "[^"\\]*(?:\\.[^"\\]*)*")\n +\}/g;

/** Writes a HAR file whole or not at all: a process that is killed leaves the old one. */
export async function writeTape(file: string, entries: readonly string[]): Promise<void> {
  const text = `{\n"log": {\n"version": "1.2",\n"creator": {"name": "devgateway", "version": "1"},\n"entries": [\n${entries.join(',\n')}\n]}}\n`;
  mkdirSync(path.dirname(file), { recursive: true });
  const beside = `${file}.new`;
  const handle = await open(beside, 'w');
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(beside, file);
}
