import path from 'node:path';
import type { Kit, Deps } from '../engine/kit.ts';
import { link, type Program } from '../engine/link.ts';
import type { CompileOptions, Dialect } from '../dialects/dialect.ts';
import { diagnosticAt, DevgatewayError, type Diagnostic } from '../model/error.ts';
import type { Gateway } from '../model/gateway.ts';
import { Ledger } from '../model/ledger.ts';
import { nowhere } from '../model/origin.ts';
import { Files } from '../sources/files.ts';
import { Source } from '../sources/source.ts';
import { didYouMean } from '../sources/setting.ts';

/** A configuration that was read: what it says, and the account of how far that is mirrored. */
export interface Loaded {
  readonly gateway: Gateway;
  readonly ledger: Ledger;
  readonly sources: readonly { readonly file: string; readonly dialect: string }[];
  /** The text of each file that was read as configuration, for code frames. */
  readonly texts: ReadonlyMap<string, string>;
  /** Absolute paths: what a reload must watch. */
  readonly watched: ReadonlySet<string>;
}

/** Paths of files or folders, or one object of the native dialect. */
export type ConfigInput = string | readonly string[] | object;

export interface LoadRequest {
  readonly config: ConfigInput;
  readonly dialect: string | undefined;
  readonly folder: string;
  readonly options: CompileOptions;
}

/** What a folder is searched for, before a dialect is asked whether a file is its own. */
const candidate = /\.(ya?ml|json|conf|toml)$/i;

/**
 * Reads and compiles a configuration. Problems over the user's text are in the ledger.
 * @throws DevgatewayError where there is nothing to compile, or files cannot be read or told apart.
 */
export function load(request: LoadRequest, dialects: readonly Dialect[]): Loaded {
  const files = new Files(request.folder);
  const ledger = new Ledger();
  const chosen = request.dialect === undefined ? undefined : dialectNamed(request.dialect, dialects);
  const byDialect = new Map<Dialect, Source[]>();
  const problems: Diagnostic[] = [];
  for (const { source, explicit } of sourcesOf(request, files)) {
    const found =
      chosen === undefined ? dialects.filter((one) => one.recognises(source)) : [chosen].filter((one) => explicit || one.recognises(source));
    const origin = { ...nowhere, file: source.name };
    if (found.length > 1) {
      problems.push(
        diagnosticAt(
          'DG1003',
          origin,
          `could be ${found.map((one) => one.name).join(' or ')}`,
          `say which with --dialect ${found[0]?.name ?? 'NAME'}`,
        ),
      );
    } else if (found[0] !== undefined) byDialect.set(found[0], [...(byDialect.get(found[0]) ?? []), source]);
    else if (explicit)
      problems.push(
        diagnosticAt(
          'DG1002',
          origin,
          'is not recognised as the configuration of any gateway',
          `say what it is with --dialect ${dialects.map((one) => one.name).join('|')}`,
        ),
      );
  }
  raise(problems);
  if (byDialect.size === 0)
    throw new DevgatewayError(
      diagnosticAt('DG1001', nowhere, `no configuration found in ${whereLooked(request, files)}`, 'name a file, or write one with: devgateway init'),
    );
  const sites = [...byDialect].flatMap(([dialect, sources]) => dialect.compile({ sources, files, ledger, options: request.options }));
  const used = [...byDialect].flatMap(([dialect, sources]) => sources.map((source) => ({ source, dialect: dialect.name })));
  return {
    gateway: { sites },
    ledger,
    sources: used.map(({ source, dialect }) => ({ file: source.name, dialect })),
    texts: new Map(used.map(({ source }) => [source.name, source.text])),
    watched: files.seen,
  };
}

/** Compiled and linked. @throws DevgatewayError with everything that is wrong. */
export function build(loaded: Loaded, dialects: readonly Dialect[], kits: readonly Kit[], deps: Deps): Program {
  raise(loaded.ledger.diagnostics.filter((one) => one.severity === 'error'));
  return link(loaded.gateway, [...kits, ...dialects.map((one) => one.kit)], deps);
}

function raise(problems: readonly Diagnostic[]): void {
  const [first, ...rest] = problems;
  if (first !== undefined) throw new DevgatewayError([first, ...rest]);
}

function dialectNamed(name: string, dialects: readonly Dialect[]): Dialect {
  const found = dialects.find((one) => one.name === name);
  if (found !== undefined) return found;
  const names = dialects.map((one) => one.name);
  throw new DevgatewayError(
    diagnosticAt('DG1004', nowhere, `there is no dialect ${JSON.stringify(name)}`, `expected one of ${names.join(', ')}${didYouMean(name, names)}`),
  );
}

function sourcesOf({ config, folder }: LoadRequest, files: Files): { source: Source; explicit: boolean }[] {
  if (typeof config === 'object' && !Array.isArray(config)) return [{ source: Source.inline(config), explicit: true }];
  return (typeof config === 'string' ? [config] : (config as readonly string[])).flatMap((name) => {
    const absolute = path.resolve(folder, name);
    if (files.isFolder(absolute)) {
      return files
        .list(absolute)
        .filter((one) => candidate.test(one))
        .flatMap((one) => open(path.join(absolute, one), files, false));
    }
    const found = open(absolute, files, true);
    if (found.length === 0)
      throw new DevgatewayError(
        diagnosticAt('DG1001', { ...nowhere, file: files.nameOf(absolute) }, 'does not exist', 'name a file or a folder with a configuration'),
      );
    return found;
  });
}

function open(absolute: string, files: Files, explicit: boolean): { source: Source; explicit: boolean }[] {
  const text = files.read(absolute);
  return text === undefined ? [] : [{ source: new Source(files.nameOf(absolute), absolute, text), explicit }];
}

const whereLooked = ({ config, folder }: LoadRequest, files: Files): string =>
  typeof config === 'string' ? files.nameOf(path.resolve(folder, config)) || folder : folder;
