import path from 'node:path';
import type { ConfiguredFunction } from '../../model/gateway.ts';
import type { Files } from '../../sources/files.ts';
import type { Setting } from '../../sources/setting.ts';

export type Code = Pick<ConfiguredFunction, 'function' | 'folder' | 'inline'> & { readonly function: string };

interface Asked {
  readonly id: string;
  /** The resource: its Metadata says what built the code. */
  readonly setting: Setting;
  readonly code: Setting;
  readonly handler: string;
  /** Of the template. */
  readonly folder: string;
  readonly files: Files;
}

/** The code of a function of Node.js where it is on this machine: in the template, in a folder beside it, or as it was built there. */
export function codeOf(asked: Asked): Code | undefined {
  const { id, setting, code, handler, folder, files } = asked;
  const inline = code.get('ZipFile').string();
  if (inline !== undefined) return { function: handler, folder, inline };
  const source = folderOf(code, setting, folder, files);
  // Source: where `sam build` puts what it built; `sam local` runs that, too.
  const built = path.join(folder, '.aws-sam', 'build', id);
  const written = source === undefined ? undefined : (moduleIn(source, handler, files) ?? entryOf(asked, source));
  const isBuilt = moduleIn(built, handler, files) !== undefined;
  // Packages that were only installed by the build are only there.
  const needsBuild = source === undefined || (!files.isFolder(path.join(source, 'node_modules')) && files.isFolder(path.join(built, 'node_modules')));
  if (isBuilt && (written === undefined || needsBuild)) return { function: handler, folder: built };
  return source === undefined || written === undefined ? undefined : { function: written, folder: source };
}

/**
 * The folder of a function or a layer: a path that `aws cloudformation package` would upload, what the CDK says beside it or named after its
 * key in a bucket.
 */
export function folderOf(code: Setting, setting: Setting, folder: string, files: Files): string | undefined {
  const asset = setting.get('Metadata').get('aws:asset:path').string();
  // Source: SAM's command line, for a function that says nothing of it.
  const text = code.kind === 'scalar' ? code.string() : code.exists ? undefined : '.';
  const key = code.get('S3Key').string();
  for (const name of code.keys()) if (name !== 'S3Key' && name !== 'ZipFile') code.get(name).ignored('the code is read from this machine');
  const named = asset ?? text ?? (key === undefined ? undefined : `asset.${path.basename(key, '.zip')}`);
  if (named === undefined || /^[a-z][\w+.-]*:\/\//i.test(named)) return undefined;
  const found = path.resolve(folder, named);
  return files.isFolder(found) ? found : undefined;
}

/** `src/orders.create`, where there is such a module in the folder. */
export function moduleIn(folder: string, handler: string, files: Files): string | undefined {
  const module = path.resolve(folder, handler);
  const [base = ''] = path.basename(module).split('.', 1);
  const isThere =
    files.isFolder(path.dirname(module)) &&
    files.list(path.dirname(module)).some((name) => /^\.[cm]?[jt]s$/.test(name.slice(base.length)) && name.startsWith(base));
  return isThere ? handler : undefined;
}

/** A bundler leaves out the folders that all its entry points have in common. */
function entryOf({ setting, handler, files }: Asked, source: string): string | undefined {
  const entries = setting
    .get('Metadata')
    .get('BuildProperties')
    .get('EntryPoints')
    .strings()
    .map((one) => path.posix.normalize(one));
  let common = path.posix.dirname(entries[0] ?? '');
  while (common !== '.' && !entries.every((one) => one.startsWith(`${common}/`))) common = path.posix.dirname(common);
  for (const entry of entries) {
    const built = path.posix.relative(common, entry.replace(/\.\w+$/, ''));
    if (!handler.startsWith(`${built}.`)) continue;
    const written = `${entry.replace(/\.\w+$/, '')}${handler.slice(built.length)}`;
    if (moduleIn(source, written, files) !== undefined) return written;
  }
  return undefined;
}
