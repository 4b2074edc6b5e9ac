import type { Tree } from '../tree.ts';
import { functionArn } from './function.ts';
import type { ApiEvent, SamResource } from './model.ts';

/** Which API an event of each type asks: by which property, and which is implied where none is named. */
const apis = {
  Api: { by: 'RestApiId', implied: 'ServerlessRestApi' },
  HttpApi: { by: 'ApiId', implied: 'ServerlessHttpApi' },
} as const;

/** The events of functions and state machines, by the logical id of the API that they ask. Others are no part of a gateway. */
export function eventsByApi(owners: readonly SamResource[]): ReadonlyMap<string, readonly ApiEvent[]> {
  const found = new Map<string, ApiEvent[]>();
  for (const owner of owners) {
    const arn = arnOf(owner);
    for (const [name, event] of owner.properties.get('Events').entries()) {
      const type = event.get('Type').string();
      if (type !== 'Api' && type !== 'HttpApi') {
        event.ignored(`events of type ${type ?? 'none'} do not come through an API`);
        continue;
      }
      const setting = event.get('Properties');
      const named = setting.get(apis[type].by);
      const id = named.string() ?? apis[type].implied;
      const one: ApiEvent = { name, owner, setting, at: (setting.tree ?? event.tree) as Tree, arn };
      const others = found.get(id);
      if (others === undefined) found.set(id, [one]);
      else others.push(one);
    }
  }
  return found;
}

/** What a resource is asked by: of a state machine, the text that a reference to it gives. */
function arnOf(owner: SamResource): string {
  if (owner.kind === 'Function') return functionArn(owner);
  const { id, properties } = owner;
  const alias = properties.get('AutoPublishAlias').string();
  const byAlias = properties.get('UseAliasAsEventTarget').boolean() === true;
  return alias !== undefined && byAlias ? `${id}Alias${alias}` : id;
}
