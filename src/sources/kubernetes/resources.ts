import { DevgatewayError, isUserError, type Diagnostic } from '../../model/error.ts';
import type { Ledger } from '../../model/ledger.ts';
import { Setting } from '../setting.ts';
import type { Source } from '../source.ts';

/** A Kubernetes object as a manifest has it. */
export interface Resource {
  /** Without its version; empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Empty where the manifest does not say it. */
  readonly createdAt: string;
  readonly annotations: Setting;
  readonly setting: Setting;
  readonly spec: Setting;
}

/** Whether a file holds manifests, as lines or as JSON in one line. */
export const isManifest = ({ text }: Source): boolean => isLines(text) || isCompact(text);

const isLines = (text: string): boolean => /^\s*["']?apiVersion["']?\s*:/m.test(text) && /^\s*["']?kind["']?\s*:/m.test(text);
const isCompact = (text: string): boolean =>
  /^\s*\{\s*"(?:apiVersion|kind|metadata|items|spec)"\s*:/.test(text) && /"apiVersion"\s*:\s*"/.test(text) && /"kind"\s*:\s*"/.test(text);

/** The objects of a file: of each of its documents, and of each list among them. */
export function resourcesOf(source: Source, ledger: Ledger, by: string): Resource[] {
  const trees = treesOf(source);
  return trees.flatMap((tree, at) => objectsIn(Setting.root(tree, source.name, ledger, by, trees.length > 1 ? `/${at}` : ''), none));
}

/** @throws DevgatewayError DG1101, which says what to do where the file is a template of manifests. */
function treesOf(source: Source): ReturnType<Source['trees']> {
  try {
    return source.trees();
  } catch (error) {
    if (!isUserError(error) || !/\{\{-?\s*[.$a-z/]/.test(source.text)) throw error;
    const [first] = error.diagnostics as [Diagnostic];
    const hint = 'this is a template of Helm: pipe what it makes, helm template . | devgateway start -';
    throw new DevgatewayError({ ...first, hint }, { cause: error });
  }
}

/** What an object does not say of itself, its list may say: `ServiceList` of Services. */
interface Of {
  readonly kind: string;
  readonly version: string;
}
const none: Of = { kind: '', version: '' };

function objectsIn(setting: Setting, of: Of): Resource[] {
  if (isEmpty(setting)) {
    setting.ignored('is an empty document');
    return [];
  }
  const kind = setting.get('kind').string() ?? of.kind;
  const version = setting.get('apiVersion').string() ?? of.version;
  const items = setting.get('items');
  if (kind.endsWith('List') && items.kind === 'list') {
    setting.get('metadata').ignored('says nothing of what is in the list');
    const each = kind === 'List' ? none : { kind: kind.slice(0, -'List'.length), version };
    return items.items().flatMap((one) => objectsIn(one, each));
  }
  if (kind === '' || version === '') {
    const missing = kind === '' ? 'kind' : 'apiVersion';
    setting.warning('DG1204', `is no Kubernetes object: it has no ${missing}`, 'nothing is done for it');
    setting.ignored(`is no Kubernetes object: it has no ${missing}`);
    return [];
  }
  return [objectOf(setting, kind, version)];
}

const isEmpty = (setting: Setting): boolean =>
  (setting.kind === 'scalar' && !setting.exists) || (setting.kind === 'map' && setting.keys().length === 0);

function objectOf(setting: Setting, kind: string, version: string): Resource {
  const metadata = setting.get('metadata');
  for (const name of metadata.keys())
    if (!['name', 'generateName', 'namespace', 'labels', 'creationTimestamp'].includes(name))
      metadata.get(name).leftToOthers('says nothing of requests');
  setting.get('status').ignored('is worked out anew');
  return {
    group: version.includes('/') ? version.slice(0, version.indexOf('/')) : '',
    version: version.slice(version.indexOf('/') + 1),
    kind,
    namespace: metadata.get('namespace').string() ?? 'default',
    name: nameIn(metadata, setting),
    labels: Object.fromEntries(
      metadata
        .get('labels')
        .entries()
        .map(([name, value]) => [name, value.string() ?? '']),
    ),
    createdAt: metadata.get('creationTimestamp').string() ?? '',
    annotations: metadata.get('annotations'),
    setting,
    spec: setting.get('spec'),
  };
}

/**
 * A name that the cluster would make ends in the place of the object, so that each is another. `~` stands in no name: nothing refers to it, and
 * an object that has none at all is told by it.
 */
function nameIn(metadata: Setting, { origin: { file, pointer } }: Setting): string {
  const name = metadata.get('name').string() ?? '';
  const start = metadata.get('generateName');
  if (name === '')
    return `${start.approximately('the name ends in the place of the object').string() ?? ''}~${`${file}${pointer}`.replaceAll('/', ':')}`;
  start.ignored('there is a name');
  return name;
}

/** Text data of a ConfigMap or a Secret, by key; undefined where it has none of that name. */
export function dataOf({ setting, kind }: Resource, key: string): string | undefined {
  const value = setting.get('data').get(key).string();
  if (value !== undefined) return kind === 'Secret' ? Buffer.from(value, 'base64').toString('utf8') : value;
  return setting
    .get(kind === 'Secret' ? 'stringData' : 'binaryData')
    .get(key)
    .string();
}
