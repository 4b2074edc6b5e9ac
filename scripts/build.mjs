// Builds the package: ESM and types by tsc, the CommonJS entries and the CLI by esbuild.
//   node scripts/build.mjs           everything
//   node scripts/build.mjs --fast    without the CommonJS entries
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const at = (...parts) => path.join(root, ...parts);
const { version } = JSON.parse(readFileSync(at('package.json'), 'utf8'));

rmSync(at('dist'), { recursive: true, force: true });
const tsc = spawnSync(process.execPath, [at('node_modules/typescript/bin/tsc'), '-p', root], { stdio: 'inherit' });
if (tsc.status !== 0) process.exit(tsc.status ?? 1);

const shared = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node22',
  define: { DEVGATEWAY_VERSION: JSON.stringify(version) },
  // Optional peers of the bundled libraries are not ours to bring.
  external: ['fsevents', 'msw', 'testcontainers', 'vitest'],
  logLevel: 'warning',
};

/** The program of a thread that runs a function: a file of its own beside whoever starts it. */
const functionWorker = 'src/transport/functions/function-worker.ts';

/**
 * Takes node's own modules without the ESM facade: making that one reads every export, and a getter of node:http then loads the whole of
 * node's fetch (a quarter of our start-up).
 */
const builtinsAsTheyAre = {
  name: 'builtins-as-they-are',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:/ }, ({ path: name, kind }) => (kind === 'import-statement' ? { path: name, namespace: 'builtin' } : undefined));
    onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path: name }) => ({
      contents: `module.exports = process.getBuiltinModule(${JSON.stringify(name)});`,
    }));
  },
};

/** undici carries its parsers as four large texts and asks for one of them: each stays a file of its own, read when it is asked for. */
const parsersApart = {
  name: 'parsers-apart',
  setup({ onResolve }) {
    onResolve({ filter: /(?:\/milo\/|-wasm)/ }, ({ path: name, resolveDir }) => {
      if (!resolveDir.includes(path.join('node_modules', 'undici'))) return undefined;
      const from = path.resolve(resolveDir, name.endsWith('.js') ? name : `${name}.js`);
      const to = `undici-${path.basename(from, '.js')}.cjs`;
      mkdirSync(at('dist/cli'), { recursive: true });
      cpSync(from, at('dist/cli', to));
      return { path: `./${to}`, external: true };
    });
  },
};

// One file to read and few modules to run: start-up is dominated by opening files and running modules.
await build({
  ...shared,
  entryPoints: { main: 'src/cli/main.ts', 'function-worker': functionWorker },
  outdir: 'dist/cli',
  format: 'esm',
  splitting: true,
  minifyWhitespace: true,
  minifySyntax: true,
  chunkNames: 'part-[hash]',
  plugins: [builtinsAsTheyAre, parsersApart],
  // CommonJS packages inside the bundle ask for node's own modules with require.
  banner: { js: "import { createRequire as devgatewayRequire } from 'node:module'; const require = devgatewayRequire(import.meta.url);" },
});

if (!process.argv.includes('--fast')) {
  // Jest's default mode cannot load ESM, neither by require nor through createRequire: everything is bundled in.
  await build({
    ...shared,
    entryPoints: {
      index: 'src/index.ts',
      dialect: 'src/dialect.ts',
      identity: 'src/identity.ts',
      msw: 'src/msw.ts',
      testcontainers: 'src/testcontainers.ts',
      jest: 'src/jest.ts',
      'function-worker': functionWorker,
    },
    outdir: 'dist/cjs',
    outExtension: { '.js': '.cjs' },
    format: 'cjs',
    // Names stay, for those who read where something was thrown.
    minifyWhitespace: true,
    minifySyntax: true,
    // What lies beside a bundle is found from it.
    define: { ...shared.define, 'import.meta.url': 'devgatewayModule' },
    banner: { js: "const devgatewayModule = require('node:url').pathToFileURL(__filename).href;" },
  });
  mkdirSync(at('dist/cjs/types'), { recursive: true });
  cpSync(at('dist/esm'), at('dist/cjs/types'), { recursive: true, filter: (from) => !from.endsWith('.js') });
  writeFileSync(at('dist/cjs/types/package.json'), '{ "type": "commonjs" }\n');
}
