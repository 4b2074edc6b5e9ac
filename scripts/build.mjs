// Builds the package: types by tsc; the CLI, the entries for import and those for require by rolldown.
//   node scripts/build.mjs           everything
//   node scripts/build.mjs --fast    without the entries for require
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const at = (...parts) => path.join(root, ...parts);
const { version, dependencies } = JSON.parse(readFileSync(at('package.json'), 'utf8'));

rmSync(at('dist'), { recursive: true, force: true });
const tsc = spawnSync(process.execPath, [at('node_modules/typescript/bin/tsc'), '--emitDeclarationOnly', '-p', root], { stdio: 'inherit' });
if (tsc.status !== 0) process.exit(tsc.status ?? 1);

// Optional peers are not ours to bring.
const peers = ['fsevents', 'msw', 'testcontainers', 'vitest'];

async function bundle(input, output, { plugins = [], external = peers } = {}) {
  const bundled = await rolldown({
    cwd: root,
    input,
    plugins,
    platform: 'node',
    external,
    transform: { target: 'node22', define: { DEVGATEWAY_VERSION: JSON.stringify(version) } },
    checks: { ineffectiveDynamicImport: false },
  });
  // Names stay, for those who read where something was thrown.
  await bundled.write({ minify: { compress: true, mangle: false, codegen: true }, ...output });
}

/** The program of a thread that runs a function: a file of its own beside whoever starts it. */
const functionWorker = { 'function-worker': 'src/transport/functions/function-worker.ts' };

/**
 * Takes node's own modules without the ESM facade: making that one reads every export, and a getter of node:http then loads the whole of
 * node's fetch (a quarter of our start-up).
 */
const builtinsAsTheyAre = {
  name: 'builtins-as-they-are',
  resolveId: {
    filter: { id: /^node:/ },
    // Not for the bundler's own help, whose `require` is made of one.
    handler: (id, from, { kind }) => (kind === 'import-statement' && !from.startsWith('\0') ? { id: `\0${id}` } : undefined),
  },
  load: {
    filter: { id: /^\0node:/ },
    handler: (id) => `module.exports = process.getBuiltinModule(${JSON.stringify(id.slice(1))});`,
  },
};

/** undici carries its parsers as four large texts and asks for one of them: each stays a file of its own, read when it is asked for. */
const parsersApart = {
  name: 'parsers-apart',
  resolveId: {
    filter: { id: /(?:\/milo\/|-wasm)/ },
    handler(name, from) {
      if (!from.includes(path.join('node_modules', 'undici'))) return undefined;
      const file = path.resolve(path.dirname(from), name.endsWith('.js') ? name : `${name}.js`);
      const to = `undici-${path.basename(file, '.js')}.cjs`;
      mkdirSync(at('dist/cli'), { recursive: true });
      cpSync(file, at('dist/cli', to));
      return { id: `./${to}`, external: true };
    },
  },
};

/**
 * A start is dominated by opening files and running modules: what every start needs is one file, what a dialect or a command alone needs
 * another, and what some of them share lies in few. `entries`: by so many it is used that is needed by every start.
 */
const fewParts = (entries) => ({
  groups: [
    { name: 'core', tags: ['$initial'], minShareCount: entries },
    { name: 'shared', minShareCount: 2, entriesAware: true, entriesAwareMergeThreshold: 60_000 },
  ],
});

const cli = { dir: at('dist/cli'), format: 'esm', chunkFileNames: 'part-[hash].js', codeSplitting: fewParts(1) };
await bundle({ main: 'src/cli/main.ts', start: 'src/cli/start.ts' }, cli, { plugins: [builtinsAsTheyAre, parsersApart] });
await bundle(functionWorker, { dir: at('dist/cli'), format: 'esm' }, { plugins: [builtinsAsTheyAre] });

const entries = (...names) => Object.fromEntries(names.map((name) => [name, `src/${name}.ts`]));
const library = ['index', 'dialect', 'identity', 'msw', 'testcontainers', 'jest'];

// Libraries are those that the user's project has. What a peer is needed for stays apart from what everybody imports.
const esm = { dir: at('dist/esm'), format: 'esm', minify: false, chunkFileNames: 'part-[hash].js', codeSplitting: fewParts(2) };
await bundle(entries(...library, 'vitest'), esm, { plugins: [builtinsAsTheyAre], external: [...peers, ...Object.keys(dependencies)] });
await bundle(functionWorker, { dir: at('dist/esm'), format: 'esm' }, { plugins: [builtinsAsTheyAre] });

if (!process.argv.includes('--fast')) {
  // Jest's default mode cannot load ESM, neither by require nor through createRequire: everything is bundled in.
  const cjs = { dir: at('dist/cjs'), format: 'cjs', entryFileNames: '[name].cjs', chunkFileNames: 'part-[hash].cjs' };
  await bundle(entries(...library), { ...cjs, codeSplitting: fewParts(2) });
  await bundle(functionWorker, cjs);
  mkdirSync(at('dist/cjs/types'), { recursive: true });
  cpSync(at('dist/esm'), at('dist/cjs/types'), { recursive: true, filter: (from) => !from.endsWith('.js') });
  writeFileSync(at('dist/cjs/types/package.json'), '{ "type": "commonjs" }\n');
}
