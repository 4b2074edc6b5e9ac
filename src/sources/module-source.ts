import { statSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { diagnosticAt, DevgatewayError } from '../model/error.ts';
import { nowhere } from '../model/origin.ts';
import type { Files } from './files.ts';
import { Source } from './source.ts';

/** A configuration that is a program: `devgateway.config.ts`, `serverless.ts`. */
export const isModule = (name: string): boolean => /\.[cm]?[jt]s$/.test(name);

/**
 * Runs a module and takes its default export as the configuration. A file that was changed is run anew.
 * @throws DevgatewayError DG1103 where it cannot be run or exports no data.
 */
export async function moduleSource(absolute: string, files: Files): Promise<Source | undefined> {
  if (files.read(absolute) === undefined) return undefined;
  const name = files.nameOf(absolute);
  const refuse = (message: string, hint: string): never => {
    throw new DevgatewayError(diagnosticAt('DG1103', { ...nowhere, file: name }, message, hint));
  };
  // Modules are kept by their address: one for each time of change.
  const address = `${pathToFileURL(absolute).href}?changed=${statSync(absolute).mtimeMs}`;
  let value: unknown;
  try {
    value = await ((await import(address)) as { readonly default?: unknown }).default;
  } catch (error) {
    return refuse(`cannot be run: ${(error as Error).message}`, 'expected a module that node can run; of TypeScript only types are taken out');
  }
  if (typeof value !== 'object' || value === null)
    return refuse('exports no configuration', 'expected export default defineConfig({ routes: [...] })');
  try {
    return Source.program(name, absolute, value);
  } catch (error) {
    return refuse(
      `exports more than data: ${(error as Error).message}`,
      'expected texts, numbers, lists and objects; functions go into createGateway',
    );
  }
}
