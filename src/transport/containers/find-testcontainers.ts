import { createRequire } from 'node:module';
import path from 'node:path';
import type * as library from 'testcontainers';
import { diagnosticAt, DevgatewayError } from '../../model/error.ts';
import { nowhere } from '../../model/origin.ts';

/** The part of testcontainers that is used. */
export type Testcontainers = Pick<typeof library, 'GenericContainer' | 'Wait' | 'getContainerRuntimeClient'>;

/**
 * An optional peer, loaded when the first container is. It is looked for where the user works before where devgateway is installed:
 * npx keeps devgateway in a folder of its own.
 */
export async function findTestcontainers(folders: readonly string[]): Promise<Testcontainers> {
  for (const folder of folders) {
    const require = createRequire(path.join(folder, 'devgateway.yaml'));
    if (resolves(require)) return require('testcontainers') as Testcontainers;
  }
  try {
    return await import('testcontainers');
  } catch (error) {
    const message = 'testcontainers, which starts the container, is not installed';
    const hint = 'install it in this project with: npm i -D testcontainers';
    throw new DevgatewayError(diagnosticAt('DG1303', nowhere, message, hint), { cause: error });
  }
}

function resolves(require: NodeJS.Require): boolean {
  try {
    require.resolve('testcontainers');
    return true;
  } catch {
    return false;
  }
}
