import { statSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

export type Handler = (event: unknown, context: object, callback: (error: unknown, result?: unknown) => void) => unknown;

const extensions = ['', '.js', '.mjs', '.cjs', '.ts', '.mts', '.cts'];

class LoadError extends Error {
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

/** `dist/orders.handler`: the module ends at the first dot of the last part, and what follows are names within its exports. `inline`: a module that
 * is no file. */
export async function loadHandler(named: string, inline?: string): Promise<Handler> {
  const match = /^([^.]+)\.(.+)$/.exec(path.basename(named));
  if (match === null) throw new LoadError('Runtime.MalformedHandlerName', `Bad handler ${JSON.stringify(named)}: expected such as ./orders.handler`);
  const [, base = '', names = ''] = match;
  const module = await load(path.join(path.dirname(named), base), inline);
  const handler = exported(module, names) ?? exported(module['default'], names);
  if (handler === undefined) throw new LoadError('Runtime.HandlerNotFound', `${path.basename(named)} is undefined or not exported`);
  if (typeof handler !== 'function') throw new LoadError('Runtime.HandlerNotFound', `${path.basename(named)} is not a function`);
  return handler as Handler;
}

/** Node tells ES modules from CommonJS by itself, and takes the types out of TypeScript. */
async function load(module: string, inline: string | undefined): Promise<Record<string, unknown>> {
  const file = extensions.map((one) => module + one).find((file) => file === inline || isFile(file));
  if (file === undefined) throw new LoadError('Runtime.ImportModuleError', `Error: Cannot find module ${JSON.stringify(module)}`);
  try {
    return (await import(pathToFileURL(file).href)) as Record<string, unknown>;
  } catch (error) {
    if (error instanceof SyntaxError) throw new LoadError('Runtime.UserCodeSyntaxError', String(error));
    const code = (error as NodeJS.ErrnoException | undefined)?.code;
    if (code === 'MODULE_NOT_FOUND' || code === 'ERR_MODULE_NOT_FOUND') throw new LoadError('Runtime.ImportModuleError', String(error));
    throw error;
  }
}

const isFile = (name: string): boolean => statSync(name, { throwIfNoEntry: false })?.isFile() === true;

const exported = (from: unknown, names: string): unknown =>
  names.split('.').reduce<unknown>((value, name) => (value as Record<string, unknown> | null | undefined)?.[name], from);
