import { apart, localObject, object, targetFields } from './references.ts';
import { annotationName, hostname, hostPrefix, namespace, options, preciseHostname } from './scalars.ts';
import { goesWith, list, oneOf, shape, text, type Refusal, type Rule, type Schema } from './schema.ts';

const uri = text({ min: 1, max: 253, pattern: /^[^:/?#]+:\/\//, expected: 'a whole URI, such as spiffe://cluster.example.com/ns/shop/sa/orders' });
const subjectAltName = shape({ type: oneOf('Hostname', 'URI'), hostname, uri }, ['type'], [goesWith('type', { Hostname: 'hostname', URI: 'uri' })]);

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
      targetRefs: list(shape(targetFields, ['group', 'kind', 'name']), {
        min: 1,
        max: 16,
        rules: [apart(({ group, kind, name }) => `${group}/${kind}/${name}`, 'sectionName')],
      }),
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
