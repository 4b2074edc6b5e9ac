import path from 'node:path';
import type { Kit, Deps } from '../engine/kit.ts';
import { link, type Program } from '../engine/link.ts';
import type { Behaviour, CompileOptions, Dialect } from '../dialects/dialect.ts';
import { diagnosticAt, DevgatewayError, type Diagnostic } from '../model/error.ts';
import type { Gateway, LocalUpstream, Site, TapeSettings } from '../model/gateway.ts';
import { Ledger } from '../model/ledger.ts';
import { nowhere } from '../model/origin.ts';
import type { StatusReport } from '../model/status.ts';
import { templatesOf } from '../sources/cloudformation/assembly.ts';
import { environmentWith } from '../sources/env-files.ts';
import { Files } from '../sources/files.ts';
import { isModule, moduleSource } from '../sources/module-source.ts';
import { isManifest } from '../sources/kubernetes/resources.ts';
import { unrenderedAt } from '../sources/kubernetes/unrendered.ts';
import { partsOf } from '../sources/serverless/parts.ts';
import { Source } from '../sources/source.ts';
import { didYouMean } from '../sources/setting.ts';

/** A configuration that was read: what it says, and the account of how far that is mirrored. */
export interface Loaded {
  readonly gateway: Gateway;
  readonly ledger: Ledger;
  readonly statuses: readonly StatusReport[];
  readonly sources: readonly { readonly file: string; readonly dialect: string }[];
  /** What the dialects of these files do. */
  readonly behaviours: readonly Behaviour[];
  /** The text of each file that was read as configuration, for code frames. */
  readonly texts: ReadonlyMap<string, string>;
  /** Absolute paths: what a reload must watch. */
  readonly watched: ReadonlySet<string>;
  /** Whether the files still say what was read. */
  readonly isUnchanged: () => boolean;
}

/** Paths of files or folders, or one object of the native dialect. */
export type ConfigInput = string | readonly string[] | object;

export interface LoadRequest {
  readonly config: ConfigInput;
  readonly dialect: string | undefined;
  readonly folder: string;
  /** Texts in the place of files, by the names that `config` has for them. */
  readonly texts?: Readonly<Record<string, string>> | undefined;
  /** Values for the configuration; read anew for each load. What `options.env` says stands above them. */
  readonly envFiles?: readonly string[];
  readonly options: CompileOptions;
}

/** What a folder is searched for, before a dialect is asked whether a file is its own. */
const candidate = /\.(?:ya?ml|json|conf|toml)$|^(?:devgateway\.config|serverless)\.[cm]?[jt]s$/i;

/**
 * Reads and compiles a configuration. Problems over the user's text are in the ledger.
 * @throws DevgatewayError where there is nothing to compile, or files cannot be read or told apart.
 */
export async function load(request: LoadRequest, dialects: readonly Dialect[]): Promise<Loaded> {
  const files = new Files(request.folder, request.texts);
  const options = { ...request.options, env: environmentWith(request.envFiles ?? [], request.options.env, files, request.folder) };
  const ledger = new Ledger(options.unsupported === 'fail' ? ['DG1208'] : []);
  const used: { source: Source; dialect: Dialect }[] = [];
  const behaviours = new Set<Behaviour>();
  const sites: Site[] = [];
  const statuses: StatusReport[] = [];
  let upstreams: Record<string, LocalUpstream> = {};
  let traffic: TapeSettings | undefined;
  let opened = await sourcesOf(request, files);
  // What a configuration includes is read after it, each file by its own dialect; a file that was read is not read again.
  while (opened.length > 0) {
    const byDialect = sortOut(opened, request.dialect, dialects, files);
    const included: string[] = [];
    for (const [dialect, sources] of byDialect) {
      used.push(...sources.map((source) => ({ source, dialect })));
      const behaviour = await dialect.behaviour();
      behaviours.add(behaviour);
      const compiled = behaviour.compile({ sources, beside: opened.map(({ source }) => source), files, ledger, options });
      sites.push(...compiled.sites);
      statuses.push(...(compiled.statuses ?? []));
      traffic ??= compiled.traffic;
      upstreams = { ...compiled.upstreams, ...upstreams };
      included.push(...(compiled.include ?? []));
    }
    const more = included.filter((file) => !used.some(({ source }) => source.absolute === file));
    opened = (await Promise.all(more.map((file) => openExplicit(file, files)))).flat();
  }
  if (used.length === 0) {
    throw new DevgatewayError(
      diagnosticAt('DG1001', nowhere, `no configuration found in ${whereLooked(request, files)}`, whatInstead(request, files)),
    );
  }
  tellUnrendered(request, files, used, ledger);
  return {
    gateway: { sites: distinct(sites), upstreams, ...(traffic === undefined ? {} : { traffic }) },
    ledger,
    statuses,
    sources: used.map(({ source, dialect }) => ({ file: source.name, dialect: dialect.name })),
    behaviours: [...behaviours],
    texts: new Map(used.map(({ source }) => [source.name, source.text])),
    watched: files.seen,
    isUnchanged: () => files.isUnchanged(),
  };
}

/** Site ids are unique: several files of one dialect count up. */
function distinct(sites: readonly Site[]): Site[] {
  const seen = new Map<string, number>();
  return sites.map((site) => {
    const count = (seen.get(site.id) ?? 0) + 1;
    seen.set(site.id, count);
    return count === 1 ? site : { ...site, id: `${site.id}-${count}` };
  });
}

function sortOut(opened: readonly Opened[], name: string | undefined, dialects: readonly Dialect[], files: Files): Map<Dialect, Source[]> {
  const chosen = name === undefined ? undefined : dialectNamed(name, dialects);
  const byDialect = new Map<Dialect, Source[]>();
  const problems: Diagnostic[] = [];
  for (const { source, explicit, included } of opened) {
    const origin = { ...nowhere, file: source.name, line: 1, column: 1 };
    const found =
      chosen === undefined || included
        ? dialects.filter((one) => one.recognises(source) !== false)
        : [chosen].filter((one) => explicit || one.recognises(source) !== false);
    if (found.length > 1 && !found.every((one) => one.recognises(source) === 'part')) {
      const names = found.map((one) => one.name);
      problems.push(diagnosticAt('DG1003', origin, `could be ${names.join(' or ')}`, `say which with --dialect ${names[0] ?? 'NAME'}`));
    }
    for (const one of problems.length === 0 ? found : []) byDialect.set(one, [...(byDialect.get(one) ?? []), source]);
    if (found.length === 0 && explicit) {
      const hint = unrenderedAt(source.absolute, files)?.hint ?? `say what it is with --dialect ${dialects.map((one) => one.name).join('|')}`;
      problems.push(diagnosticAt('DG1002', origin, 'is not recognised as the configuration of any gateway', hint));
    }
  }
  raise(problems);
  return byDialect;
}

/** Compiled and linked. @throws DevgatewayError with everything that is wrong. */
export function build(loaded: Loaded, kits: readonly Kit[], deps: Deps): Program {
  raise(loaded.ledger.diagnostics.filter((one) => one.severity === 'error'));
  return link(loaded.gateway, [...kits, ...loaded.behaviours.map(({ kit }) => kit)], deps);
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

interface Opened {
  readonly source: Source;
  /** Named by the user: must be somebody's configuration. */
  readonly explicit: boolean;
  readonly included: boolean;
}

async function sourcesOf({ config, folder }: LoadRequest, files: Files): Promise<Opened[]> {
  if (typeof config === 'object' && !Array.isArray(config)) return [{ source: Source.inline(config, folder), explicit: true, included: false }];
  const named = typeof config === 'string' ? [config] : (config as readonly string[]);
  const opened = await Promise.all(
    named.map(async (name) => {
      const absolute = path.resolve(folder, name);
      if (!files.isFolder(absolute)) return (await openExplicit(absolute, files)).map((one) => ({ ...one, included: false }));
      const found =
        templatesOf(absolute, files) ??
        files
          .list(absolute)
          .filter((one) => candidate.test(one))
          .map((one) => path.join(absolute, one));
      const sources = (await Promise.all(found.map((one) => open(one, files)))).filter((source) => source !== undefined);
      const parts = new Set(sources.flatMap(partsOf));
      return sources.filter((source) => !parts.has(source.absolute)).map((source) => ({ source, explicit: false, included: false }));
    }),
  );
  return opened.flat();
}

async function openExplicit(absolute: string, files: Files): Promise<Opened[]> {
  const source = await open(absolute, files);
  if (source !== undefined) return [{ source, explicit: true, included: true }];
  throw new DevgatewayError(
    diagnosticAt('DG1001', { ...nowhere, file: files.nameOf(absolute) }, 'does not exist', 'name a file or a folder with a configuration'),
  );
}

async function open(absolute: string, files: Files): Promise<Source | undefined> {
  if (isModule(absolute)) return moduleSource(absolute, files);
  const text = files.read(absolute);
  return text === undefined ? undefined : new Source(files.nameOf(absolute), absolute, text);
}

/** Absolute. */
function namedIn({ config, folder }: LoadRequest): string[] {
  if (typeof config === 'object' && !Array.isArray(config)) return [];
  return [config as string | readonly string[]].flat().map((name) => path.resolve(folder, name));
}

const whereLooked = (request: LoadRequest, files: Files): string =>
  namedIn(request)
    .map((one) => files.nameOf(one))
    .join(', ');

/** Folders are not searched through: what lies one deeper is named, as is what makes the files that were expected. */
function whatInstead(request: LoadRequest, files: Files): string {
  for (const one of namedIn(request)) {
    const other = unrenderedAt(one, files);
    if (other !== undefined) return `it ${other.what}: ${other.hint}`;
  }
  const below = namedIn(request)
    .flatMap((one) => files.list(one).map((name) => path.join(one, name)))
    .filter((one) => !/^\.|^node_modules$/.test(path.basename(one)) && files.isFolder(one) && files.list(one).some((name) => candidate.test(name)))
    .map((one) => files.nameOf(one));
  return below.length === 0
    ? 'name a file, or write one with: devgateway init'
    : `subfolders are not read by themselves: name them (${below.slice(0, 3).join(' ')}${below.length > 3 ? ' ...' : ''})`;
}

/** Manifests that were read as they are, though others would be made of them. */
function tellUnrendered(request: LoadRequest, files: Files, used: readonly { readonly source: Source }[], ledger: Ledger): void {
  for (const one of namedIn(request)) {
    const isOne = (source: Source): boolean => source.absolute === one || path.dirname(source.absolute) === one;
    const other = used.some(({ source }) => isManifest(source) && isOne(source)) ? unrenderedAt(one, files) : undefined;
    if (other === undefined) continue;
    const message = `${other.what}: its files are read as they are, and nothing is changed or added`;
    ledger.report(diagnosticAt('DG1208', { ...nowhere, file: files.placeOf(one) }, message, other.hint, 'warning'));
  }
}

/** What was read is a configuration, and makes nothing that requests could arrive at. */
export function nothingServed({ sources }: Loaded): DevgatewayError {
  const files = sources.map(({ file }) => file).join(', ');
  return new DevgatewayError(
    diagnosticAt(
      'DG1001',
      nowhere,
      `nothing in ${files} can be served`,
      'name the file that makes the gateway; devgateway check says what is in these',
    ),
  );
}
