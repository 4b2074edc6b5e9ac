#!/usr/bin/env node
// Runs on any Node: what is too old hears it in one line instead of a syntax error.
var version = process.versions.node.split('.').map(Number);
if (version[0] < 22 || (version[0] === 22 && version[1] < 22)) {
  console.error('devgateway needs Node 22.22 or later; this is ' + process.version + '.');
  process.exit(1);
}
// The second start finds its modules compiled.
process.getBuiltinModule('node:module').enableCompileCache();
void import('../dist/cli/main.js')
  .then(function (cli) {
    return cli.main(process.argv.slice(2));
  })
  .then(function (code) {
    process.exitCode = code;
  });
