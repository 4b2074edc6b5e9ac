import type { Setting } from '../setting.ts';
import type { Made } from '../tree.ts';

const names = ['AllowMethods', 'AllowHeaders', 'AllowOrigins', 'MaxAge', 'ExposeHeaders', 'AllowCredentials'] as const;

/** `CorsConfiguration` as a document says it: `true` allows any origin. Undefined: it says nothing. */
export function corsOf(setting: Setting): Record<string, Made> | undefined {
  if (!setting.exists) return undefined;
  if (setting.kind === 'scalar' && typeof (setting.tree?.kind === 'scalar' ? setting.tree.value : '') === 'boolean')
    return setting.boolean() === true ? { allowOrigins: ['*'] } : undefined;
  // What a template writes by mistake for Ref: AWS::NoValue.
  if (setting.kind !== 'map') return setting.problem('DG1202', 'CorsConfiguration is neither true nor a map', `expected ${names.join(', ')}`);
  setting.expects(names);
  setting.rejectUnknownKeys();
  const [origins, credentials] = [setting.get('AllowOrigins'), setting.get('AllowCredentials')];
  if (credentials.tree?.kind === 'scalar' && credentials.tree.value === true && (!origins.exists || origins.strings().includes('*')))
    credentials.problem('DG1204', 'AllowCredentials is true for any origin', 'name the origins in AllowOrigins');
  return Object.fromEntries(
    names.map((name) => [`${name.charAt(0).toLowerCase()}${name.slice(1)}`, setting.get(name).tree]).filter(([, tree]) => tree !== undefined),
  );
}
