// Makes the images that the tests run, from Debian's busybox-static and the Node of node_modules: no registry is asked.
//   node test/containers/images.mjs
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');
const run = (command, ...args) => execFileSync(command, args, { encoding: 'utf8' });

/** A service whose port can be chosen, and that says when it serves. */
image('devgateway-test/httpd', withBusybox, ['CMD ["sh", "-c", "echo Ready to serve; exec httpd -f -p ${PORT:-8080} -h /www"]']);

/** What node:24-slim has, as far as the Dockerfile uses it. */
image('devgateway-test/node', withNode, ['ENV NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt']);

function image(name, fill, changes) {
  const folder = mkdtempSync(path.join(tmpdir(), 'devgateway-image-'));
  // The folder becomes the root of the image, which others than root must be able to enter.
  chmodSync(folder, 0o755);
  fill((...parts) => path.join(folder, ...parts));
  const flags = ['ENV PATH=/usr/local/bin:/bin', ...changes].flatMap((one) => ['--change', one]);
  const archive = `${folder}.tar`;
  run('tar', '-C', folder, '--owner=0', '--group=0', '-cf', archive, '.');
  console.log(name, run('docker', 'import', ...flags, archive, name).trim());
  for (const one of [folder, archive]) rmSync(one, { recursive: true });
}

function withBusybox(at) {
  for (const name of ['bin', 'usr/bin', 'tmp', 'www/orders']) mkdirSync(at(name), { recursive: true });
  chmodSync(at('tmp'), 0o1777);
  const busybox = ['/bin/busybox', '/usr/bin/busybox'].find((one) => existsSync(one));
  cpSync(realpathSync(busybox), at('bin/busybox'));
  for (const name of run(busybox, '--list').trim().split('\n')) if (name !== 'busybox') symlinkSync('busybox', at('bin', name));
  symlinkSync('/bin/busybox', at('usr/bin/env'));
  writeFileSync(at('www/orders/7'), '{"order_id":7}');
}

function withNode(at) {
  withBusybox(at);
  for (const name of ['etc/ssl/certs', 'home/node', 'usr/local/bin', 'usr/local/lib/node_modules']) mkdirSync(at(name), { recursive: true });
  const node = path.join(root, 'node_modules/node/bin/node');
  cpSync(realpathSync(node), at('usr/local/bin/node'));
  // The build's own native part asks for more of the C library than Node does.
  const bundlers = path.join(root, 'node_modules/@rolldown');
  const native = globSync('*/*.node', { cwd: bundlers }).map((one) => path.join(bundlers, one));
  for (const [library] of run('ldd', node, ...native).matchAll(/\/\S+(?= \(0x)/g)) {
    mkdirSync(at(path.dirname(library)), { recursive: true });
    cpSync(realpathSync(library), at(library));
  }
  const npm = path.resolve(realpathSync(run('sh', '-c', 'command -v npm').trim()), '../..');
  cpSync(npm, at('usr/local/lib/node_modules/npm'), { recursive: true, dereference: true });
  symlinkSync('../lib/node_modules/npm/bin/npm-cli.js', at('usr/local/bin/npm'));
  const authorities = '/etc/ssl/certs/ca-certificates.crt';
  writeFileSync(at(authorities), existsSync(authorities) ? readFileSync(authorities) : '');
  writeFileSync(at('etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\nnode:x:1000:1000::/home/node:/bin/sh\n');
  writeFileSync(at('etc/group'), 'root:x:0:\nnode:x:1000:\n');
}
