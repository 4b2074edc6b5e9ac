import type { FunctionSettings } from '../../model/gateway.ts';
import { functionText } from '../../sources/function-text.ts';
import type { Setting } from '../../sources/setting.ts';
import { readDuration } from './units.ts';

const expected = 'expected a module and its export such as ./dist/orders.handler, a URL, {url: ...} or {command: [...]}';

/** What stands under `function:NAME`: a text, or a map that says more. */
export function readFunction(value: Setting, folder: string): FunctionSettings | undefined {
  if (value.kind !== 'map') {
    const what = readWhat(value);
    return what === undefined ? undefined : { function: what, folder };
  }
  const given = value.get('function');
  const environment = value
    .get('environment')
    .entries()
    .flatMap(([name, one]): [string, string][] => [[name, one.string() ?? '']]);
  const memoryMb = value.get('memoryMb').number({ min: 16, max: 10_240, integer: true });
  const timeoutMs = readDuration(value.get('timeout'));
  const concurrency = value.get('concurrency').number({ min: 1, max: 1_000, integer: true });
  value.rejectUnknownKeys();
  if (!given.exists) return value.problem('DG1204', `${value.name} says nothing to run`, `{function: ...}: ${expected}`);
  const what = readWhat(given);
  if (what === undefined) return undefined;
  return {
    function: what,
    folder,
    ...(environment.length === 0 ? {} : { environment: Object.fromEntries(environment) }),
    ...(memoryMb === undefined ? {} : { memoryMb }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(concurrency === undefined ? {} : { concurrency }),
  };
}

function readWhat(setting: Setting): FunctionSettings['function'] | undefined {
  if (setting.kind !== 'map') {
    const text = setting.string() ?? '';
    return functionText(text) ?? setting.problem('DG1203', `${setting.name} is ${JSON.stringify(text)}`, expected);
  }
  const url = setting.get('url').string();
  const command = setting.get('command').strings();
  setting.rejectUnknownKeys();
  if ((url === undefined) === (command.length === 0)) return setting.problem('DG1203', `${setting.name} must say one thing`, expected);
  if (url === undefined) return { command };
  const found = functionText(url);
  return typeof found === 'object'
    ? found
    : setting.problem('DG1203', `${setting.name}.url is ${JSON.stringify(url)}`, 'expected a URL such as http://localhost:9000/');
}
