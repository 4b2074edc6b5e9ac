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

/** Whether a file holds manifests. */
export const isManifest = ({ text }: Source): boolean => /^\s*["']?apiVersion["']?\s*:/m.test(text) && /^\s*["']?kind["']?\s*:/m.test(text);

/** The objects of a file: of each of its documents, and of each list among them. */
export function resourcesOf(source: Source, ledger: Ledger, by: string): Resource[] {
  const trees = treesOf(source);
  return trees.flatMap((tree, at) => objectsIn(Setting.root(tree, source.name, ledger, by, trees.length > 1 ? `/${at}` : '')));
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

function objectsIn(setting: Setting): Resource[] {
  if (setting.kind !== 'map' || setting.keys().length === 0) return [];
  const kind = setting.get('kind').string() ?? '';
  const version = setting.get('apiVersion').string() ?? '';
  const items = setting.get('items');
  if (kind.endsWith('List') && items.kind === 'list') {
    setting.get('metadata').ignored('says nothing of what is in the list');
    return items.items().flatMap(objectsIn);
  }
  const metadata = setting.get('metadata');
  for (const name of metadata.keys())
    if (!['name', 'namespace', 'labels', 'creationTimestamp'].includes(name)) metadata.get(name).leftToOthers('says nothing of requests');
  setting.get('status').ignored('is worked out anew');
  return [
    {
      group: version.includes('/') ? version.slice(0, version.indexOf('/')) : '',
      version: version.slice(version.indexOf('/') + 1),
      kind,
      namespace: metadata.get('namespace').string() ?? 'default',
      name: metadata.get('name').string() ?? '',
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
    },
  ];
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
