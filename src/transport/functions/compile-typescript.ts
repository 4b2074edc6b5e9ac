import { createRequire } from 'node:module';
import { isModuleSyntax, withoutTypes } from './without-types.ts';

export interface Compiled {
  readonly format: 'module' | 'commonjs';
  readonly source: string;
}

/** The part of esbuild that is asked for. */
interface Esbuild {
  transformSync(text: string, options: object): { readonly code: string };
}

/**
 * JavaScript of a TypeScript file. Where its project has esbuild, that is what builds it in production, too: CommonJS unless its package is one
 * of ES modules. Else the types are taken out, and what is left finds what CommonJS has.
 */
export function compileTypeScript(text: string, file: string, isModulePackage: boolean): Compiled {
  const isModule = file.endsWith('.mts') || (isModulePackage && !file.endsWith('.cts'));
  const esbuild = esbuildNear(file);
  if (esbuild !== undefined) {
    const format = isModule ? 'esm' : 'cjs';
    const options = { loader: 'ts', format, sourcefile: file, sourcemap: 'inline', target: `node${process.versions.node.split('.', 1)[0]}` };
    return { format: isModule ? 'module' : 'commonjs', source: esbuild.transformSync(text, options).code };
  }
  const source = withoutTypes(text);
  if (!isModuleSyntax(source)) return { format: 'commonjs', source };
  return { format: 'module', source: isModule ? source : withCommonNames(source) };
}

const known = new Map<string, Esbuild | undefined>();

function esbuildNear(file: string): Esbuild | undefined {
  const require = createRequire(file);
  let found: string;
  try {
    found = require.resolve('esbuild');
  } catch {
    return undefined;
  }
  if (!known.has(found)) known.set(found, require(found) as Esbuild);
  return known.get(found);
}

/** A compiler would have made CommonJS of it, in which these names are there; on the first line, so that all lines stay. */
function withCommonNames(source: string): string {
  const isAsked = (name: string): boolean =>
    new RegExp(`(?<![\\w$.])${name}(?![\\w$])`).test(source) && !new RegExp(`(?:const|let|var|function)\\s+${name}(?![\\w$])`).test(source);
  const exporting = isAsked('module') || isAsked('exports');
  const made = [
    ...(isAsked('require') ? [`const require = process.getBuiltinModule('node:module').createRequire(import.meta.url);`] : []),
    ...(isAsked('__dirname') ? ['const __dirname = import.meta.dirname;'] : []),
    ...(isAsked('__filename') ? ['const __filename = import.meta.filename;'] : []),
    ...(exporting ? ['const module = { exports: {} };', 'const exports = module.exports;'] : []),
  ].join(' ');
  return `${made}${made === '' ? '' : ' '}${source}${exporting && !/^\s*export\s+default\b/m.test(source) ? '\nexport default module.exports;' : ''}`;
}
