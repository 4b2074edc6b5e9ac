import { createHash, createPublicKey, randomBytes, sign, type KeyObject } from 'node:crypto';
import { isIP } from 'node:net';
import { bits, boolean, implicit, integer, objectId, octets, sequence, set, tagged, time, utf8 } from './der.ts';

export interface CertificateRequest {
  readonly subject: string;
  readonly issuer: string;
  readonly publicKey: KeyObject;
  /** Of the issuer. */
  readonly signingKey: KeyObject;
  /** Days from now; it is valid from a day before, for clocks that are behind. */
  readonly days: number;
  /** Host names, addresses and URIs; null makes the certificate of an authority. */
  readonly names: readonly string[] | null;
}

const ecdsaWithSha256 = sequence(objectId('1.2.840.10045.4.3.2'));
const dayMs = 86_400_000;

/** An X.509 v3 certificate with a P-256 key (RFC 5280), as PEM. */
export function createCertificate(request: CertificateRequest): string {
  const now = Date.now();
  const serial = randomBytes(16);
  serial[0] = ((serial[0] as number) & 0x7f) | 0x40;
  const body = sequence(
    tagged(0, integer(Buffer.from([2]))),
    integer(serial),
    ecdsaWithSha256,
    nameOf(request.issuer),
    sequence(time(new Date(now - dayMs)), time(new Date(now + request.days * dayMs))),
    nameOf(request.subject),
    spki(request.publicKey),
    tagged(3, sequence(...extensionsOf(request))),
  );
  const bytes = sequence(body, ecdsaWithSha256, bits(sign('sha256', body, request.signingKey)));
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

function extensionsOf({ names, publicKey, signingKey }: CertificateRequest): Buffer[] {
  const identifiers = [
    extension('2.5.29.14', false, octets(keyIdentifier(publicKey))),
    extension('2.5.29.35', false, sequence(implicit(0, keyIdentifier(createPublicKey(signingKey))))),
  ];
  if (names === null)
    // An authority: may sign certificates and revocation lists.
    return [...identifiers, extension('2.5.29.19', true, sequence(boolean(true))), extension('2.5.29.15', true, bits(Buffer.from([0x06]), 1))];
  return [
    ...identifiers,
    extension('2.5.29.19', true, sequence()),
    extension('2.5.29.15', true, bits(Buffer.from([0x80]), 7)),
    extension('2.5.29.37', false, sequence(objectId('1.3.6.1.5.5.7.3.1'), objectId('1.3.6.1.5.5.7.3.2'))),
    extension('2.5.29.17', false, sequence(...names.map(alternativeName))),
  ];
}

function alternativeName(name: string): Buffer {
  if (isIP(name)) return implicit(7, addressBytes(name));
  return implicit(name.includes('://') ? 6 : 2, Buffer.from(name));
}

const extension = (id: string, critical: boolean, value: Buffer): Buffer =>
  sequence(objectId(id), ...(critical ? [boolean(true)] : []), octets(value));
const nameOf = (text: string): Buffer => sequence(set(sequence(objectId('2.5.4.3'), utf8(text))));
const spki = (key: KeyObject): Buffer => key.export({ type: 'spki', format: 'der' });
const keyIdentifier = (key: KeyObject): Buffer => createHash('sha1').update(spki(key)).digest();

function addressBytes(address: string): Buffer {
  if (isIP(address) === 4) return Buffer.from(address.split('.').map(Number));
  const groups = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const [before, after] = groups.map((side) => (side === '' ? [] : side.split(':'))) as [string[], string[]?];
  const zeros = after === undefined ? [] : Array.from({ length: 8 - before.length - after.length }, () => '0');
  return Buffer.concat([...before, ...zeros, ...(after ?? [])].map((group) => Buffer.from(group.padStart(4, '0'), 'hex')));
}
