// Everything that must hold before a change lands: types, lint, format, build, tests. One summary line at the end.
//   node scripts/test.mjs                 all
//   node scripts/test.mjs test/unit/http  only these tests, after a build
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const only = process.argv.slice(2);
const scratch = mkdtempSync(path.join(tmpdir(), 'devgateway-test-'));
const report = path.join(scratch, 'results.json');
const npx = (...args) => [path.join(root, 'node_modules', args[0]), ...args.slice(1)];

let passed = 0;
let failed = 0;
function stage(name, args) {
  const started = Date.now();
  console.log(`\n== ${name}`);
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  console.log(`== ${name}: ${status === 0 ? 'ok' : 'FAILED'} in ${((Date.now() - started) / 1000).toFixed(1)} s`);
  return status === 0;
}
const check = (name, args) => (stage(name, args) ? (passed += 1) : (failed += 1));

if (only.length === 0) {
  check('types', npx('typescript/bin/tsc', '--noEmit', '-p', '.'));
  check('types of the tests', npx('typescript/bin/tsc', '--noEmit', '-p', 'test'));
  check('lint', npx('oxlint/bin/oxlint', '--type-aware'));
  check('format', npx('oxfmt/bin/oxfmt', '--check', 'src', 'test', 'scripts', 'bin'));
}
check('build', ['scripts/build.mjs']);
const green = stage('tests', npx('vitest/vitest.mjs', 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...only));
let skipped = 0;
try {
  const results = JSON.parse(readFileSync(report, 'utf8'));
  passed += results.numPassedTests;
  failed += results.numFailedTests;
  skipped = results.numPendingTests + (results.numTodoTests ?? 0);
  // A file that could not be loaded fails without any test.
  failed += results.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0).length;
  const names = results.testResults.flatMap((file) =>
    file.assertionResults.filter((one) => one.status === 'pending' || one.status === 'skipped').map((one) => one.fullName),
  );
  for (const name of names) console.log(`skipped: ${name}`);
  if (process.env.CI === 'true' && process.env.DEVGATEWAY_SKIP_NOTHING === '1' && skipped > 0) {
    console.log(`FAILED: ${skipped} tests were skipped where nothing may be`);
    failed += 1;
  }
} catch (error) {
  console.log(`no results of the tests: ${error.message}`);
  failed += 1;
}
if (!green && failed === 0) failed += 1;
rmSync(scratch, { recursive: true, force: true });
console.log(`\n${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exit(failed === 0 && green ? 0 : 1);
