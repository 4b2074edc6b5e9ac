import { readdirSync, readFileSync } from 'node:fs';
import * as nodeModule from 'node:module';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { compileTypeScript } from './compile-typescript.ts';
import { isModuleSyntax } from './without-types.ts';

export interface ModulePlan {
  /** Absolute folders that stand for `/opt`, of which the last one counts most. */
  readonly layers: readonly string[];
  /** A module that is no file. */
  readonly inline?: { readonly file: string; readonly text: string };
}

const endings = ['.ts', '.mts', '.cts', '.js', '.mjs', '.cjs', '.json', '/index.ts', '/index.js', '/index.mjs'];

/**
 * Modules are found and read here as those of a function are in production: layers stand at `/opt`, and what a build would have made of
 * TypeScript is made on the way. `loaded` hears each file outside `node_modules`: what is fetched from a registry does not change while
 * somebody works on a function.
 */
export function hookModules({ layers, inline }: ModulePlan, loaded: (file: string) => void): void {
  const roots = layers.toReversed();
  const shelves = roots.flatMap(shelvesOf);
  const inlineUrl = inline === undefined ? null : pathToFileURL(inline.file).href;
  /** Asks these hooks again, which have no more to say. */
  let asking = false;
  const required = (specifier: string, from: string): string => {
    asking = true;
    try {
      return nodeModule.createRequire(from).resolve(specifier);
    } finally {
      asking = false;
    }
  };
  nodeModule.registerHooks?.({
    resolve(specifier, context, next) {
      if (asking) return next(specifier, context);
      if (specifier === inlineUrl) return { url: specifier, shortCircuit: true };
      const isImport = context.conditions.includes('import');
      const { parentURL = '' } = context;
      function* others(): Generator<() => ReturnType<typeof next>> {
        if (specifier.startsWith('/opt/'))
          for (const file of inLayers(specifier, roots)) yield () => next(isImport ? pathToFileURL(file).href : file, context);
        else if (!/^(?:[./]|[a-z][a-z\d+.-]*:)/i.test(specifier))
          for (const shelf of shelves)
            yield () =>
              isImport ? next(specifier, { ...context, parentURL: pathToFileURL(shelf).href }) : next(required(specifier, shelf), context);
        else if (specifier.startsWith('.') && parentURL.startsWith('file:') && !parentURL.includes('/node_modules/'))
          for (const file of variants(path.resolve(path.dirname(fileURLToPath(parentURL)), specifier)))
            yield () => next(isImport ? pathToFileURL(file).href : file, context);
      }
      return firstOf(() => next(specifier, context), others());
    },
    load(url, context, next) {
      if (!url.startsWith('file:') || url.includes('/node_modules/')) return next(url, context);
      const file = fileURLToPath(url);
      if (inline?.file === file) return { format: isModuleSyntax(inline.text) ? 'module' : 'commonjs', source: inline.text, shortCircuit: true };
      loaded(file);
      if (!/\.[mc]?ts$/.test(file)) return next(url, context);
      return { ...compileTypeScript(readFileSync(file, 'utf8'), file, context.format === 'module-typescript'), shortCircuit: true };
    },
  });
}

/** A file that may be named without its ending, or by the name that it has once it is built. */
function* variants(file: string): Generator<string> {
  for (const ending of endings) yield file + ending;
  if (/\.[mc]?js$/.test(file)) yield file.replace(/js$/, 'ts');
}

/** Layers that are built from a package stand in production below `nodejs`. */
function* inLayers(specifier: string, roots: readonly string[]): Generator<string> {
  const name = specifier.slice('/opt/'.length);
  for (const root of roots)
    for (const file of [path.join(root, name), path.join(root, name.replace(/^nodejs\//, ''))]) {
      yield file;
      yield* variants(file);
    }
}

/** Places that packages of a layer are looked for from: what production has in NODE_PATH, and the folder that such a layer is built from. */
function shelvesOf(layer: string): string[] {
  const nodejs = path.join(layer, 'nodejs');
  return [
    nodejs,
    ...namesIn(nodejs)
      .filter((name) => /^node\d+$/.test(name))
      .map((name) => path.join(nodejs, name)),
    layer,
  ].map((folder) => path.join(folder, 'layer.js'));
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

const missing: ReadonlySet<unknown> = new Set(['MODULE_NOT_FOUND', 'ERR_MODULE_NOT_FOUND', 'ERR_UNSUPPORTED_DIR_IMPORT']);

/** What the first way says that finds the module; where none does, what the usual one said. */
function firstOf<T>(usual: () => T, others: Iterable<() => T>): T {
  try {
    return usual();
  } catch (error) {
    if (!isMissing(error)) throw error;
    for (const other of others) {
      try {
        return other();
      } catch (another) {
        if (!isMissing(another)) throw another;
      }
    }
    throw error;
  }
}
const isMissing = (error: unknown): boolean => missing.has((error as NodeJS.ErrnoException).code);
