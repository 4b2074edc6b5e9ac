// Builds the package: ESM and types by tsc, the CommonJS entries and the CLI by rolldown.
//   node scripts/build.mjs           everything
//   node scripts/build.mjs --fast    without the CommonJS entries
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const at = (...parts) => path.join(root, ...parts);
const { version } = JSON.parse(readFileSync(at('package.json'), 'utf8'));

rmSync(at('dist'), { recursive: true, force: true });
const tsc = spawnSync(process.execPath, [at('node_modules/typescript/bin/tsc'), '-p', root], { stdio: 'inherit' });
if (tsc.status !== 0) process.exit(tsc.status ?? 1);

const minified = { compress: true, mangle: false, codegen: true };

const bundle = async (input, output, plugins = []) => {
  const bundled = await rolldown({
    cwd: root,
    input,
    plugins,
    platform: 'node',
    // Optional peers of the bundled libraries are not ours to bring.
    external: ['fsevents', 'msw', 'testcontainers', 'vitest'],
    transform: { target: 'node22', define: { DEVGATEWAY_VERSION: JSON.stringify(version) } },
    checks: { ineffectiveDynamicImport: false },
  });
  // Names stay, for those who read where something was thrown.
  await bundled.write({ minify: minified, ...output });
};

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
 * Start-up is dominated by opening files and running modules: what every start needs is one file, what a dialect or a command alone needs
 * another, and what some of them share lies in few.
 */
const fewParts = {
  groups: [
    { name: 'core', tags: ['$initial'] },
    { name: 'shared', minShareCount: 2, entriesAware: true, entriesAwareMergeThreshold: 60_000 },
  ],
};

await bundle(
  { main: 'src/cli/main.ts', start: 'src/cli/start.ts' },
  { dir: at('dist/cli'), format: 'esm', chunkFileNames: 'part-[hash].js', codeSplitting: fewParts },
  [builtinsAsTheyAre, parsersApart],
);
await bundle(functionWorker, { dir: at('dist/cli'), format: 'esm' }, [builtinsAsTheyAre]);

if (!process.argv.includes('--fast')) {
  // Jest's default mode cannot load ESM, neither by require nor through createRequire: everything is bundled in.
  const names = ['index', 'dialect', 'identity', 'msw', 'testcontainers', 'jest'];
  const cjs = { dir: at('dist/cjs'), format: 'cjs', entryFileNames: '[name].cjs', chunkFileNames: 'part-[hash].cjs' };
  await bundle(Object.fromEntries(names.map((name) => [name, `src/${name}.ts`])), cjs);
  await bundle(functionWorker, cjs);
  mkdirSync(at('dist/cjs/types'), { recursive: true });
  cpSync(at('dist/esm'), at('dist/cjs/types'), { recursive: true, filter: (from) => !from.endsWith('.js') });
  writeFileSync(at('dist/cjs/types/package.json'), '{ "type": "commonjs" }\n');
}
