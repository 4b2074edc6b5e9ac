import { diagnosticAt, DevgatewayError } from '../model/error.ts';
import type { FunctionSettings } from '../model/gateway.ts';
import { nowhere } from '../model/origin.ts';
import { functionText } from '../sources/function-text.ts';

const expected = 'expected a module and its export such as ./dist/orders.handler, or the URL at which it is invoked';

/** What stands for `function:NAME` in code or on the command line. @throws DevgatewayError DG1203 */
export function functionSettingsOf(name: string, target: unknown, folder: string): FunctionSettings {
  if (typeof target === 'object' && target !== null && 'function' in target)
    return { folder, ...(target as FunctionSettings), function: checked(name, target.function) };
  return { folder, function: checked(name, target) };
}

function checked(name: string, what: unknown): FunctionSettings['function'] {
  const found = what instanceof URL ? { url: what.href } : typeof what === 'string' ? functionText(what) : what;
  if (typeof found === 'string') return found;
  if (typeof found === 'object' && found !== null) {
    if ('url' in found && typeof found.url === 'string' && URL.canParse(found.url)) return { url: found.url };
    if ('command' in found && Array.isArray(found.command) && found.command.length > 0) return { command: found.command.map(String) };
  }
  throw new DevgatewayError(diagnosticAt('DG1203', nowhere, `function:${name} is ${JSON.stringify(what) ?? typeof what}`, expected));
}
