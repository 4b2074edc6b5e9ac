import type { Ledger } from '../../../model/ledger.ts';
import type { Setting } from '../../../sources/setting.ts';

/** What stands before the entities. */
export interface Head {
  /** decK's `_plugin_configs`, by name. */
  readonly pluginConfigs: ReadonlyMap<string, Setting>;
  /** decK's `_info.defaults` of a kind of entity: what holds where an entity says nothing. */
  readonly defaultsFor: (kind: string) => Setting | undefined;
  /** Whether a file is from before 3.0, when a path with the signs of a regular expression was one. */
  readonly isOld: (file: string) => boolean;
  /** Whether secrets stand in the files as they are, or as Kong's database keeps them. */
  readonly transform: boolean;
}

const versions = ['1.1', '2.1', '3.0', '3.1'];
const remarks: Readonly<Record<string, string>> = {
  _comment: 'a comment',
  _ignore: 'not read by Kong either',
  _workspace: 'there is one workspace here',
  _konnect: 'names the control plane that decK talks to',
};

/** Reads the versions and decK's own sections of all files. */
export function readHead(roots: readonly Setting[]): Head {
  const pluginConfigs = new Map<string, Setting>();
  const defaults = new Map<string, Setting>();
  const old = new Set<string>();
  let transform = true;
  for (const root of roots) {
    const version = root.get('_format_version');
    // An unquoted 3.0 is the number 3.
    const said = version.string() ?? '3.0';
    if (!versions.includes(said) && !versions.includes(`${said}.0`))
      version.problem('DG1203', `_format_version is ${said}`, `expected ${versions.join(', ')}`);
    if (said < '3') old.add(root.origin.file);
    else version.ignored('files from 3.0 on are read alike');
    transform &&= root.get('_transform').boolean() ?? true;
    for (const [key, why] of Object.entries(remarks)) root.get(key).ignored(why);
    for (const [key, info] of root.get('_info').entries()) {
      if (key !== 'defaults') info.ignored('tells decK which entities of a running Kong this file is about');
      else {
        for (const [kind, values] of info.entries())
          if (defaults.has(kind)) values.problem('DG1206', `defaults of ${kind} stand in two files`, 'expected them in one');
          else defaults.set(kind, values);
      }
    }
    for (const [name, config] of root.get('_plugin_configs').entries()) {
      if (pluginConfigs.has(name))
        config.problem('DG1206', `the plugin configuration ${JSON.stringify(name)} stands in two files`, 'expected it once');
      else pluginConfigs.set(name, config);
    }
  }
  return { pluginConfigs, defaultsFor: (kind) => defaults.get(kind), isOld: (file) => old.has(file), transform };
}

/** What no entity took from the shared sections, once all have been read. */
export function settleShared(ledger: Ledger): void {
  for (const entry of ledger.entries.values())
    if (entry.verdict === 'unknown' && /^\/(?:_info\/defaults|_plugin_configs)\//.test(entry.origin.pointer))
      ledger.settle(entry.origin, 'ignored', 'kong', 'nothing takes it from here: whatever could says it itself, or does not know it');
}
