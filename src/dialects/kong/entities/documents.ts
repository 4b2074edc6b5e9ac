import type { Ledger } from '../../../model/ledger.ts';
import { Setting } from '../../../sources/setting.ts';
import type { Source } from '../../../sources/source.ts';
import { treeOf } from '../../../sources/tree.ts';
import type { CompileOptions } from '../../dialect.ts';
import { deckTree } from '../references/deck-template.ts';
import { resolveVaults, vaultsOf } from '../references/vault.ts';

/** The files as settings, with what they take from the environment. `envPrefix`: `vault_env_prefix` of kong.conf. */
export function readDocuments(sources: readonly Source[], { env }: CompileOptions, envPrefix: string, ledger: Ledger): Setting[] {
  const trees = sources.map((source) => ({ source, tree: deckTree(source, env, ledger) ?? treeOf({}) }));
  const vaults = vaultsOf(
    trees.map((one) => one.tree),
    envPrefix,
  );
  return trees.map(({ source, tree }) => {
    const resolved = source.text === '' || source.text.includes('{vault://') ? resolveVaults(tree, source.name, vaults, env, ledger) : tree;
    return Setting.root(resolved, source.name, ledger, 'kong');
  });
}
