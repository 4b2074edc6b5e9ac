import { diagnosticAt } from '../../../model/error.ts';
import type { Ledger } from '../../../model/ledger.ts';
import { mapTree, plain, type Scalar, type Tree } from '../../../sources/tree.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** A vault by the name that references use: what it is, and what its variables begin with. */
interface Vault {
  readonly kind: string;
  readonly prefix: string;
}
export type Vaults = ReadonlyMap<string, Vault>;

/** The vaults that the files describe, and `env`, which is always there. `usual`: `vault_env_prefix` of kong.conf. */
export function vaultsOf(trees: readonly Tree[], usual: string): Vaults {
  const vaults = new Map<string, Vault>([['env', { kind: 'env', prefix: usual }]]);
  for (const tree of trees) {
    const list = tree.kind === 'map' ? tree.entries.get('vaults')?.value : undefined;
    for (const item of list?.kind === 'list' ? list.items : []) {
      const { name, prefix, config } = plain(item) as { name?: unknown; prefix?: unknown; config?: { prefix?: unknown } | null };
      if (typeof name === 'string' && typeof prefix === 'string')
        vaults.set(prefix, { kind: name, prefix: typeof config?.prefix === 'string' ? config.prefix : name === 'env' ? usual : '' });
    }
  }
  return vaults;
}

/** `{vault://NAME/resource/key?prefix=P#version}`: a text that is one as a whole. Source: kong.pdk.vault. */
const reference = /^\{vault:\/\/([^/{}]+)\/([^{}?#]+)(?:\?([^{}#]*))?(?:#[^{}]*)?\}$/;

/** The tree with its references to the env vault resolved. What cannot be resolved stays as it is written, so that nobody knows it by chance. */
export function resolveVaults(tree: Tree, file: string, vaults: Vaults, env: Env, ledger: Ledger): Tree {
  const resolve = (value: Scalar, at: { readonly line: number; readonly column: number }): Scalar => {
    const match = typeof value === 'string' && value.startsWith('{vault://') ? reference.exec(value) : null;
    if (match === null) return value;
    const [, name, path, query] = match as unknown as [string, string, string, string | undefined];
    const warn = (message: string, hint: string): Scalar => {
      ledger.report(diagnosticAt('DG1205', { file, line: at.line, column: at.column, pointer: '' }, message, hint, 'warning'));
      return value;
    };
    const vault = vaults.get(name);
    if (vault === undefined) return warn(`there is no vault ${JSON.stringify(name)}`, 'expected the prefix of a vault of this configuration, or env');
    if (vault.kind !== 'env')
      return warn(
        `the vault ${JSON.stringify(name)} (${vault.kind}) is not asked here`,
        'the reference stays as it is: {vault://env/...} reads a variable',
      );
    const parts = decodeURIComponentOr(path)
      .split('/')
      .filter((part) => part !== '');
    const key = parts.length > 1 ? parts.pop() : undefined;
    const prefix = new URLSearchParams(query ?? '').get('prefix') ?? vault.prefix;
    const variable = `${prefix}${parts.join('/')}`.replaceAll('-', '_').toUpperCase();
    const found = env[variable];
    if (found === undefined) return warn(`the variable ${variable} of a vault reference is not set`, 'set it, or name a file with --env-file');
    return key === undefined
      ? found
      : (member(found, key) ?? warn(`the variable ${variable} has no text ${JSON.stringify(key)}`, 'expected a JSON object with it'));
  };
  if (tree.kind !== 'map') return tree;
  const entries = [...tree.entries].map(([key, one]) => [key, key === 'vaults' ? one : { ...one, value: mapTree(one.value, resolve) }] as const);
  return { ...tree, entries: new Map(entries) };
}

/** Kong takes members that are texts (kong.pdk.vault, extract_key_from_json_string). */
function member(json: string, key: string): string | undefined {
  try {
    const value: unknown = (JSON.parse(json) as Record<string, unknown> | null)?.[key];
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}

function decodeURIComponentOr(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
