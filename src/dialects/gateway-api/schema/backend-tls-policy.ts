import { localObject, object, targetFields } from './references.ts';
import { annotationName, hostname, hostPrefix, namespace, options, preciseHostname } from './scalars.ts';
import { list, oneOf, shape, text, type Refusal, type Rule, type Schema } from './schema.ts';

interface Target {
  readonly group: string;
  readonly kind: string;
  readonly name: string;
  readonly sectionName?: string;
}
/** Two references to one target are told apart by the section that both of them name. */
function apart(targets: readonly Target[]): Refusal | undefined {
  const of = ({ group, kind, name }: Target): string => `${group}/${kind}/${name}`;
  const at = targets.findIndex((one, index) =>
    targets
      .slice(0, index)
      .some(
        (other) =>
          of(one) === of(other) && (one.sectionName === other.sectionName || one.sectionName === undefined || other.sectionName === undefined),
      ),
  );
  if (at < 0) return undefined;
  return { at: [at], what: `there is another reference to ${targets[at]?.name}`, expected: 'both name their sectionName, and another one' };
}

interface AlternativeName {
  readonly type: 'Hostname' | 'URI';
  readonly hostname?: string;
  readonly uri?: string;
}
function agreesWithType({ type, hostname: host, uri }: AlternativeName): Refusal | undefined {
  const given = { hostname: host, uri };
  const [wanted, other] = type === 'Hostname' ? (['hostname', 'uri'] as const) : (['uri', 'hostname'] as const);
  if (given[wanted] === undefined) return { what: `the type ${type} needs ${wanted}`, expected: `give ${wanted}` };
  return given[other] === undefined ? undefined : { at: [other], what: `the type is ${type}`, expected: `${wanted} alone` };
}
const uri = text({ min: 1, max: 253, pattern: /^[^:/?#]+:\/\//, expected: 'a whole URI, such as spiffe://cluster.example.com/ns/shop/sa/orders' });
const subjectAltName = shape({ type: oneOf('Hostname', 'URI'), hostname, uri }, ['type'], [agreesWithType]);

/** Authorities of its own, or those that are well known. One that names none is a matter of conditions here. */
const oneKindOfAuthorities =
  (refs: string, wellKnown: string): Rule =>
  (validation: Readonly<Record<string, unknown>>): Refusal | undefined =>
    Array.isArray(validation[refs]) && validation[refs].length > 0 && validation[wellKnown] !== undefined
      ? { at: [wellKnown], what: `there are ${refs}, too`, expected: 'one of the two' }
      : undefined;
/** Before names of implementations it was `System` alone. */
const wellKnownAuthorities = text({
  pattern: new RegExp(`^(?:System|${hostPrefix}${annotationName})$`),
  expected: 'System, or a name of an implementation, such as example.com/authorities',
});
const authorities = list(localObject, { max: 8 });

/** Source: the CRD of BackendTLSPolicy in v1 and v1alpha3, both channels, with its validation rules. */
export const backendTlsPolicy: Schema = object(
  shape(
    {
      targetRefs: list(shape(targetFields, ['group', 'kind', 'name']), { min: 1, max: 16, rules: [apart] }),
      validation: shape(
        {
          caCertificateRefs: authorities,
          wellKnownCACertificates: wellKnownAuthorities,
          hostname: preciseHostname,
          subjectAltNames: list(subjectAltName, { max: 5 }),
        },
        ['hostname'],
        [oneKindOfAuthorities('caCertificateRefs', 'wellKnownCACertificates')],
      ),
      options,
    },
    ['targetRefs', 'validation'],
  ),
);

/** v1alpha2, of release 1.0: one target, and other names. */
export const backendTlsPolicyAlpha2: Schema = object(
  shape(
    {
      targetRef: shape({ ...targetFields, namespace }, ['group', 'kind', 'name']),
      tls: shape(
        { caCertRefs: authorities, wellKnownCACerts: wellKnownAuthorities, hostname: preciseHostname },
        ['hostname'],
        [oneKindOfAuthorities('caCertRefs', 'wellKnownCACerts')],
      ),
    },
    ['targetRef', 'tls'],
  ),
);
