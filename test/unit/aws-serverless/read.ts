import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe } from '../../../src/model/error.ts';
import { Ledger } from '../../../src/model/ledger.ts';
import { Files } from '../../../src/sources/files.ts';
import { readConfiguration, type Configuration } from '../../../src/sources/serverless/configuration.ts';
import { stackOf } from '../../../src/sources/serverless/stack.ts';
import { Setting } from '../../../src/sources/setting.ts';
import { Source } from '../../../src/sources/source.ts';
import { located, plain } from '../../../src/sources/tree.ts';

export interface Given {
  readonly files?: Readonly<Record<string, string>>;
  readonly stage?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly given?: Readonly<Record<string, string>>;
}

export interface Read extends Configuration {
  readonly ledger: Ledger;
  /** All as plain data. */
  readonly data: Record<string, any>;
  /** One line for each problem. */
  readonly problems: readonly string[];
  readonly watched: ReadonlySet<string>;
  /** The verdicts by pointer of the leaves of a file. */
  readonly verdicts: (file?: string) => Record<string, string>;
}

/** Reads a serverless.yml that stands in a folder with other files. */
export function readServerless(text: string, { files = {}, stage, env = {}, given = {} }: Given = {}): Read {
  const folder = mkdtempSync(path.join(tmpdir(), 'devgateway-serverless-'));
  try {
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      writeFileSync(path.join(folder, name), content);
    }
    const opened = new Files(folder);
    const source = new Source('serverless.yml', path.join(folder, 'serverless.yml'), text);
    const ledger = new Ledger();
    const tree = located(source.trees()[0]!, { file: source.name, line: 1, column: 1, pointer: '' });
    const by = 'test';
    const read = readConfiguration(Setting.root(tree, source.name, ledger, by), { source, ledger, by, parameters: given, files: opened, stage, env });
    return {
      ...read,
      ledger,
      data: plain(read.root.tree!) as Record<string, any>,
      problems: ledger.diagnostics.map(describe),
      watched: new Set([...opened.seen].map((one) => path.relative(folder, one))),
      verdicts: (file = source.name) =>
        Object.fromEntries(ledger.entries.filter((one) => one.origin.file === file).map((one) => [one.origin.pointer, one.verdict])),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The resources that are made of a serverless.yml, as plain data, with what was found on the way. */
export function stackOfServerless(text: string, given: Given = {}): Read & { readonly resources: Record<string, any> } {
  const read = readServerless(text, given);
  const stack = plain(stackOf(read.root, read.stage)) as Record<string, any>;
  return { ...read, resources: stack['Resources'] as Record<string, any>, problems: read.ledger.diagnostics.map(describe) };
}
