import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** An engine with the images of images.mjs. */
export const hasImages = spawnSync('docker', ['image', 'inspect', 'devgateway-test/httpd', 'devgateway-test/node']).status === 0;

export const docker = async (...args: string[]): Promise<string> => (await execute('docker', args)).stdout.trim();

/** The containers that are there, running or not, by a port of theirs that no other has. */
export const containersWith = async (port: number): Promise<string[]> =>
  (await docker('ps', '--all', '--quiet', '--filter', `expose=${port}`)).split('\n').filter((one) => one !== '');

/** Asks until something answers. */
export async function answering(url: string): Promise<Response> {
  for (;;) {
    const answer = await fetch(url).catch(() => null);
    if (answer !== null) return answer;
    await new Promise((resolve) => setImmediate(resolve));
  }
}
