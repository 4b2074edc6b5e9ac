import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const script = `
import { createGateway } from '${new URL('../../src/gateway/create.ts', import.meta.url).href}';
const gateway = await createGateway({ config: { routes: [{ match: { path: '/*' }, upstream: 'one:80' }] }, dialect: 'native', upstreams: { 'one:80': 'echo:' } });
process.stdout.write(String((await fetch(gateway.url)).status));
await gateway.close();
`;

it('a closed gateway keeps no process alive', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module-typescript', '-e', script], { timeout: 15_000 });
  expect(stdout).toBe('200');
});
