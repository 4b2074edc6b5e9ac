import { any, list, oneOf, shape, text, whole, type Refusal, type Rule, type Schema } from './schema.ts';
import { duration, group, kind, namespace, objectName, port, sectionName } from './scalars.ts';

interface Reference {
  readonly group?: string;
  readonly kind?: string;
  readonly name: string;
  readonly namespace?: string;
  readonly port?: number;
  readonly sectionName?: string;
}

const backendFields = { group, kind, name: objectName, namespace, port };
/** A BackendObjectReference. */
export const backendObject: Schema = shape(backendFields, ['name']);
/** A BackendRef, with the filters of its kind of route where that has any. */
export const backendRef = (filters?: Schema): Schema =>
  shape({ ...backendFields, weight: whole({ min: 0, max: 1_000_000 }), ...(filters === undefined ? {} : { filters }) }, ['name']);
/** A reference to an object that may be of another namespace. */
export const namedObject: Schema = shape({ group, kind, name: objectName, namespace }, ['name']);
/** A LocalObjectReference. */
export const localObject: Schema = shape({ group, kind, name: objectName }, ['group', 'kind', 'name']);

/** Of a LocalPolicyTargetReferenceWithSectionName. */
export const targetFields: Readonly<Record<'group' | 'kind' | 'name' | 'sectionName', Schema>> = { group, kind, name: objectName, sectionName };

/** Two references to one object (`of`) are told apart by the section or the port that both of them name. `by`: these, for people. */
export const apart =
  (of: (ref: Reference) => string, by: string): Rule =>
  (refs: readonly Reference[]): Refusal | undefined => {
    for (const [at, one] of refs.entries())
      for (const other of refs.slice(0, at)) {
        if (of(one) !== of(other)) continue;
        const mixed =
          (one.sectionName === undefined) !== (other.sectionName === undefined) || (one.port === undefined) !== (other.port === undefined);
        if (mixed || (one.sectionName === other.sectionName && one.port === other.port))
          return { at: [at], what: `there is another reference to ${one.name}`, expected: `both name their ${by}, and another one` };
      }
    return undefined;
  };

const parent = ({ group: of = 'gateway.networking.k8s.io', kind: what = 'Gateway', name, namespace: place = '' }: Reference): string =>
  `${of}/${what}/${place}/${name}`;
export const parentRefs: Schema = list(shape({ group, kind, namespace, name: objectName, sectionName, port }, ['name']), {
  max: 32,
  rules: [apart(parent, 'sectionName (or port)')],
});

interface Persistence {
  readonly type?: string;
  readonly absoluteTimeout?: string;
  readonly cookieConfig?: { readonly lifetimeType?: string };
}
export const sessionPersistence: Schema = shape(
  {
    sessionName: text({ max: 128 }),
    absoluteTimeout: duration,
    idleTimeout: duration,
    type: oneOf('Cookie', 'Header'),
    cookieConfig: shape({ lifetimeType: oneOf('Permanent', 'Session') }),
  },
  [],
  [
    ({ cookieConfig, absoluteTimeout }: Persistence) =>
      cookieConfig?.lifetimeType === 'Permanent' && absoluteTimeout === undefined
        ? { at: ['cookieConfig'], what: 'a cookie of the lifetime Permanent needs an absoluteTimeout', expected: 'give absoluteTimeout' }
        : undefined,
    ({ cookieConfig, type = 'Cookie' }: Persistence) =>
      cookieConfig !== undefined && type !== 'Cookie'
        ? { at: ['cookieConfig'], what: `the type is ${type}`, expected: 'cookieConfig only with the type Cookie' }
        : undefined,
  ],
);

/** The whole of an object with this spec. */
export const object = (spec: Schema): Schema => shape({ apiVersion: any, kind: any, metadata: any, spec, status: any }, ['spec']);
export const routeFields: Readonly<Record<'parentRefs' | 'useDefaultGateways', Schema>> = { parentRefs, useDefaultGateways: oneOf('All', 'None') };
