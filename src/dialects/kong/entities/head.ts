import type { Ledger } from '../../../model/ledger.ts';
import type { Setting } from '../../../sources/setting.ts';

/** What stands before the entities. */
export interface Head {
  /** decK's `_plugin_configs`, by name. */
  readonly pluginConfigs: ReadonlyMap<string, Setting>;
  /** decK's `_info.defaults` of a kind of entity: what holds where an entity says nothing. */
  readonly defaultsFor: (kind: string) => Setting | undefined;
  /** Whether the files say that more entities of a kind (`services`) are in a running Kong. */
  readonly isPart: (kind: string) => boolean;
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
  const parts = new Set<string>();
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
      if (key === 'default_lookup_tags') for (const kind of info.keys()) parts.add(kind);
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
  return { pluginConfigs, defaultsFor: (kind) => defaults.get(kind), isPart: (kind) => parts.has(kind), isOld: (file) => old.has(file), transform };
}

/** What is there to be taken by others, and was taken by nobody. */
const untaken: readonly (readonly [pointers: RegExp, why: string])[] = [
  [/^\/(?:_info\/defaults|_plugin_configs)\//, 'nothing takes it from here: whatever could says it itself, or does not know it'],
  [/^\/ca_certificates\/\d+\/(?:id|cert|cert_digest)$/, 'no service or upstream names this authority'],
];

/** Once everything has been read. */
export function settleUntaken(ledger: Ledger): void {
  for (const { verdict, origin } of ledger.entries) {
    const why = verdict === 'unknown' ? untaken.find(([pointers]) => pointers.test(origin.pointer))?.[1] : undefined;
    if (why !== undefined) ledger.settle(origin, 'ignored', 'kong', why);
  }
}
