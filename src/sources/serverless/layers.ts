import { madeTree, type Tree } from '../tree.ts';
import { ids } from './naming.ts';
import { given, type Resources, type Service } from './service.ts';

/** The layers of a service, from the folders that they are packaged from. Source: lib/plugins/aws/package/compile/layers.js. */
export function layersOf({ root }: Service): Resources {
  const layers = root.get('layers');
  if (layers.kind !== 'map') return {};
  return Object.fromEntries(
    layers.entries().flatMap(([key, setting]): [string, Tree][] => {
      if (setting.kind !== 'map') return [];
      for (const name of setting.keys()) if (name !== 'path') setting.get(name).ignored('says how the layer is packaged and who may use it');
      return [
        [ids.layer(key), madeTree({ Type: 'AWS::Lambda::LayerVersion', Properties: { Content: given(setting.get('path')) } }, setting.tree as Tree)],
      ];
    }),
  );
}
