/** The house: rooms and their layers. Imports go from a higher layer to a lower one or stay in their room. */
export const layerOf: Readonly<Record<string, number>> = {
  model: 0,
  http: 0,
  limiters: 0,
  engine: 1,
  matching: 1,
  policies: 2,
  sources: 2,
  dialects: 3,
  transport: 3,
  traffic: 3,
  identity: 3,
  report: 4,
  gateway: 4,
  admin: 5,
  testing: 5,
  cli: 5,
};

/** The entry files at the top of src may import anything that is public. */
const entryLayer = 6;

/** Dialects that may import another one's folder, and why. */
const sideways: readonly (readonly [from: RegExp, to: string, reason: string])[] = [
  [/^aws-/, 'aws', 'what the AWS gateways share'],
  [/^ingress-nginx$/, 'nginx', 'the controller renders nginx configuration'],
];

const statement = /(?:^|[;\n])\s*(?:import|export)\s(?:[^'";]*?\sfrom\s)?\s*['"]([^'"]+)['"]/g;
const call = /\bimport\(\s*['"]([^'"]+)['"]\s*\)/g;

/** Every module that a file names, type imports and `import()` included. */
export function importsOf(text: string): string[] {
  const code = text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/^\s*\/\/.*$/gm, '');
  return [...code.matchAll(statement), ...code.matchAll(call)].map((match) => match[1] as string);
}

/** The files that are taken into memory with a file: neither types nor what is imported later. `file` and the keys are relative to src. */
export function importedBy(file: string, files: ReadonlyMap<string, string>): string[] {
  const code = (files.get(file) ?? '').replaceAll(/\b(?:import|export) type [^;]*;/g, '').replaceAll(call, '');
  return importsOf(code).flatMap((specifier) => (specifier.startsWith('.') ? [resolve(file, specifier)] : []));
}

/** What breaks the layers, in words. `file` and the keys are relative to src, with slashes. */
export function violations(files: ReadonlyMap<string, string>): string[] {
  const found: string[] = [];
  for (const [file, text] of files) {
    for (const specifier of importsOf(text)) {
      if (!specifier.startsWith('.')) continue;
      const target = resolve(file, specifier);
      if (!files.has(target)) found.push(`${file} imports ${specifier}, which is not there`);
      else {
        const problem = judge(file, target);
        if (problem !== undefined) found.push(`${file} imports ${target}: ${problem}`);
      }
    }
  }
  return found;
}

function resolve(file: string, specifier: string): string {
  const parts = file.split('/').slice(0, -1);
  for (const part of specifier.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.') parts.push(part);
  }
  return parts.join('/');
}

function judge(file: string, target: string): string | undefined {
  const [from, to] = [file.split('/'), target.split('/')];
  if (from.length === 1) return undefined;
  if (to.length === 1) return 'a room may not import an entry';
  const [fromRoom, toRoom] = [from[0] as string, to[0] as string];
  const [fromLayer, toLayer] = [layerOf[fromRoom] ?? entryLayer, layerOf[toRoom]];
  if (toLayer === undefined) return `the room ${toRoom} has no layer`;
  if (fromRoom !== toRoom) {
    if (toLayer > fromLayer) return `layer ${fromLayer} may not import layer ${toLayer}`;
    if (toLayer === fromLayer && toLayer === 3) return 'rooms of layer 3 may not import each other';
    return undefined;
  }
  if (fromRoom !== 'dialects' || to.length === 2 || from.length === 2) return undefined;
  const [fromDialect, toDialect] = [from[1] as string, to[1] as string];
  if (fromDialect === toDialect || sideways.some(([one, other]) => one.test(fromDialect) && other === toDialect)) return undefined;
  return `the dialect ${fromDialect} may not import the dialect ${toDialect}`;
}
