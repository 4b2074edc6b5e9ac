import { didYouMean, type Setting } from '../../../sources/setting.ts';
import { credentialCollections } from './consumer.ts';

const read: readonly string[] = [
  'services routes consumers consumer_groups consumer_group_consumers consumer_group_plugins plugins upstreams targets certificates snis',
  'ca_certificates _format_version _info _plugin_configs _transform _comment _ignore _workspace _konnect',
  ...credentialCollections,
].flatMap((names) => names.split(' '));

/** Lists of a declarative file that do nothing here, and why. */
const reasons: Readonly<Record<string, string>> = {
  vaults: 'references to the env vault are resolved; other vaults are not asked',
  keys: 'no plugin that is mirrored reads keys from here',
  key_sets: 'no plugin that is mirrored reads key sets from here',
  partials: 'partials name shared servers such as Redis, which nothing here asks',
  filter_chains: 'filters in WebAssembly are not run here',
  rbac_roles: 'there is no Admin API here',
  rbac_users: 'there is no Admin API here',
  rbac_role_endpoints: 'there is no Admin API here',
  rbac_role_entities: 'there is no Admin API here',
  admins: 'there is no Admin API here',
  workspaces: 'there is one workspace here',
  licenses: 'no licence is needed here',
  parameters: 'parameters of a node are not read here',
  custom_entities: 'entities of plugins that are not mirrored',
  degraphql_routes: 'the plugin degraphql is not mirrored',
  graphql_ratelimiting_advanced_cost_decoration: 'the plugin graphql-rate-limiting-advanced is not mirrored',
  cloned_plugins: 'plugins under another name are not mirrored',
  custom_plugins: 'plugins that come with the configuration are not run',
  service_packages: 'describes the file to Konnect',
  ai_models: 'models of the AI gateway are not mirrored',
  document_objects: 'documents are for the portal',
  files: 'files are for the portal',
  acme_storage: 'certificates are not obtained here',
  clustering_data_planes: 'there is one node here',
};

/** Accounts for what is not read. A key that Kong does not know is refused; one that may belong to a plugin of the user's own is told. */
export function ignoreSections(root: Setting): void {
  const known = [...read, ...Object.keys(reasons)];
  for (const key of root.keys()) {
    const why = reasons[key];
    if (why !== undefined) root.get(key).ignored(why);
    else if (!read.includes(key)) {
      const near = didYouMean(key, known);
      if (near === '')
        root.get(key).warning('DG1201', `unknown list ${JSON.stringify(key)}`, 'Kong refuses it, unless a plugin of your own brings it');
      else root.get(key).problem('DG1201', `unknown setting ${JSON.stringify(key)}`, `expected a list of entities${near}`);
    }
  }
}
