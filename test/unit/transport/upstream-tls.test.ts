import { fc } from '../../properties.ts';
import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createCertificate } from '../../../src/transport/local-ca/certificate.ts';
import { checkNames } from '../../../src/transport/upstream-tls.ts';

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
/** What node says of a certificate with these names. */
const written = (...names: string[]): { subjectaltname: string } => ({
  subjectaltname:
    new X509Certificate(createCertificate({ subject: 'wanted.test', issuer: 'x', publicKey, signingKey: privateKey, days: 1, names }))
      .subjectAltName ?? '',
});
const accepts = (wanted: { hosts?: string[]; uris?: string[] }, ...names: string[]): boolean =>
  checkNames({ hosts: [], uris: [], ...wanted }, written(...names)) === undefined;

describe('the alternative names of an upstream', () => {
  it.each([
    ['a host', { hosts: ['wanted.test'] }, ['other.test', 'Wanted.test'], true],
    ['another host', { hosts: ['wanted.test'] }, ['a.wanted.test', 'wanted.test.evil'], false],
    ['a wildcard of one label', { hosts: ['a.wanted.test'] }, ['*.wanted.test'], true],
    ['a wildcard, two labels', { hosts: ['a.b.wanted.test'] }, ['*.wanted.test'], false],
    ['a wildcard, no label', { hosts: ['wanted.test'] }, ['*.wanted.test'], false],
    ['a wildcard that is wanted', { hosts: ['*.wanted.test'] }, ['*.wanted.test'], true],
    ['a wildcard that is wanted, a host', { hosts: ['*.wanted.test'] }, ['a.wanted.test'], false],
    ['a URI', { hosts: ['x.test'], uris: ['spiffe://x/ns/a'] }, ['y.test', 'spiffe://x/ns/a'], true],
    ['another URI', { uris: ['spiffe://x/ns/a'] }, ['spiffe://x/ns/A', 'spiffe://x/ns'], false],
    ['a URI that looks like a host', { hosts: ['wanted.test'] }, ['x://wanted.test'], false],
    ['what hides in a URI', { hosts: ['wanted.test'] }, ['x://y, DNS:wanted.test'], false],
    ['what hides in a host', { uris: ['spiffe://a'] }, ['x, URI:spiffe://a"'.replace('://', ':/')], false],
    ['the common name', { hosts: ['wanted.test'] }, ['127.0.0.1'], false],
    ['nothing wanted', {}, ['wanted.test'], false],
  ])('%s', (_, wanted, names, accepted) => {
    expect(accepts(wanted, ...names)).toBe(accepted);
  });

  it('is one of those that are wanted, whatever else is among them', () => {
    const uri = fc.stringMatching(/^u:\/\/[ -~]{0,20}$/);
    const host = fc.stringMatching(/^[ -~]{1,20}$/).filter((one) => !one.includes('://') && !one.includes('*') && !/^[\d.:]+$/.test(one));
    fc.assert(
      fc.property(
        fc.array(uri, { maxLength: 3 }),
        fc.array(host, { maxLength: 3 }),
        fc.array(fc.oneof(uri, host), { minLength: 1, maxLength: 3 }),
        (uris, hosts, names) => {
          const lower = hosts.map((one) => one.toLowerCase());
          const expected = names.some((one) => (one.includes('://') ? uris.includes(one) : lower.includes(one.toLowerCase())));
          expect(accepts({ hosts, uris }, ...names)).toBe(expected);
        },
      ),
      { numRuns: 300 },
    );
  });
});
