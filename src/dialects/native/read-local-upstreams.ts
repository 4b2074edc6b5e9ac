import path from 'node:path';
import type { ContainerSettings, LocalUpstream } from '../../model/gateway.ts';
import { problemOfTarget } from '../../matching/url-template.ts';
import type { Setting } from '../../sources/setting.ts';
import type { Source } from '../../sources/source.ts';
import { readFunction } from './read-function.ts';
import { readDuration } from './units.ts';

/** Production addresses, and where they are on this machine. */
export function readLocalUpstreams(setting: Setting, { folder }: Source): Record<string, LocalUpstream> {
  const found: Record<string, LocalUpstream> = {};
  for (const [name, value] of setting.entries()) {
    const local = name.startsWith('function:') ? readFunction(value, folder) : value.kind === 'map' ? readMap(value, folder) : readUrl(name, value);
    if (local !== undefined) found[name] = local;
  }
  return found;
}

function readUrl(name: string, value: Setting): LocalUpstream | undefined {
  const url = value.string() ?? '';
  const problem = problemOfTarget(name, url, /^((?:https?|tcp):\/\/[^/]+|unix:\/.+|echo:)/);
  if (problem === undefined) return { url };
  return value.problem('DG1203', `${value.name} is ${JSON.stringify(url)}${problem}`, 'expected a URL such as http://localhost:3001');
}

function readMap(value: Setting, folder: string): LocalUpstream | undefined {
  const kinds = Object.entries(readers).filter(([kind]) => value.get(kind).exists);
  const [first, second] = kinds;
  const local = first?.[1](value.get(first[0]), folder);
  value.rejectUnknownKeys();
  if (first === undefined) return value.problem('DG1204', `${value.name} says nowhere to go`, `expected a URL, ${examples}`);
  if (second !== undefined) return value.problem('DG1206', `${value.name} is a ${first[0]} and a ${second[0]}`, 'expected one of them');
  return local;
}
const examples = '{module: ./service.mjs}, {replay: ./tape.har} or {container: {image: opensearch, port: 9200}}';

const readers: Readonly<Record<string, (setting: Setting, folder: string) => LocalUpstream | undefined>> = {
  module: (setting, folder) => fileOf(setting, folder, (module) => ({ module })),
  replay: (setting, folder) => fileOf(setting, folder, (replay) => ({ replay })),
  container: readContainer,
};

function fileOf(setting: Setting, folder: string, as: (file: string) => LocalUpstream): LocalUpstream | undefined {
  const name = setting.string();
  return name === undefined ? undefined : as(path.resolve(folder, name));
}

function readContainer(setting: Setting, folder: string): LocalUpstream | undefined {
  const image = setting.get('image').string();
  const port = setting.get('port').number({ min: 1, max: 65_535, integer: true });
  const env = setting
    .get('env')
    .entries()
    .flatMap(([name, value]): [string, string][] => [[name, value.string() ?? '']]);
  const command = setting.get('command').strings();
  const wait = readWait(setting.get('wait'));
  const startupTimeoutMs = readDuration(setting.get('startupTimeout'));
  setting.rejectUnknownKeys();
  if (image === undefined || image === '')
    return setting.problem('DG1204', `${setting.name}.image is missing`, 'expected the name of an image such as opensearch:3');
  if (port === undefined) {
    if (!setting.get('port').exists)
      setting.problem('DG1204', `${setting.name}.port is missing`, 'expected the port inside the container, such as 9200');
    return undefined;
  }
  return {
    container: {
      image,
      port,
      folder,
      ...(env.length === 0 ? {} : { env: Object.fromEntries(env) }),
      ...(command.length === 0 ? {} : { command }),
      ...(wait === undefined ? {} : { wait }),
      ...(startupTimeoutMs === undefined ? {} : { startupTimeoutMs }),
    },
  };
}

function readWait(setting: Setting): ContainerSettings['wait'] | undefined {
  if (!setting.exists) return undefined;
  if (setting.kind !== 'map') {
    if (setting.string() === 'port') return 'port';
    return setting.problem('DG1203', `${setting.name} is no way to wait`, 'expected port, {http: /health} or {log: Ready}');
  }
  const [http, log] = [setting.get('http').string(), setting.get('log').string()];
  setting.rejectUnknownKeys();
  if ((http === undefined) === (log === undefined))
    return setting.problem('DG1203', `${setting.name} must say one thing`, 'expected {http: /health} or {log: Ready}');
  if (log !== undefined) return { log };
  return http?.startsWith('/') === true
    ? { http }
    : setting.problem('DG1203', `${setting.name}.http is ${JSON.stringify(http)}`, 'expected a path such as /health');
}
