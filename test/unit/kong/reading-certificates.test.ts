import type { X509Certificate } from 'node:crypto';
import { connect } from 'node:tls';
import { expect, it } from 'vitest';
import { localAuthority } from '../../../src/transport/local-ca/authority.ts';
import { read, said, start } from './kong-files.ts';

// A file is no folder: these live in this process alone.
const authority = localAuthority(`${import.meta.filename}/one`);
const [a, b, rest] = ['a.example', 'b.example', 'rest.example'].map((name) => authority.leafFor(name)) as [Leaf, Leaf, Leaf];
type Leaf = ReturnType<typeof authority.leafFor>;
const entity = ({ certificate, key }: Leaf, more = ''): string => `{ cert: ${JSON.stringify(certificate)}, key: ${JSON.stringify(key)}${more} }`;

/** The common name of what a client is shown that asks for `servername`. */
const shown = (url: string, servername: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect({ port: Number(new URL(url).port), host: '127.0.0.1', servername, rejectUnauthorized: false }, () => {
      resolve((socket.getPeerX509Certificate() as X509Certificate).subject);
      socket.destroy();
    });
    socket.once('error', reject);
  });

it('are shown by server name: nested ones, those at the top, wildcards, and the one for all others', async () => {
  const id = '3f1b2c9a-0000-4000-8000-000000000001';
  await using gateway = await start(`services: [{ host: a, routes: [{ paths: [/] }] }]
certificates:
  - ${entity(a, ', snis: [a.example, { name: "*.a.example", tags: [x] }]')}
  - ${entity(b, `, id: ${id}`)}
  - ${entity(rest, ', snis: [{ name: "*" }]')}
snis:
  - { name: b.example, certificate: { id: ${id} } }
`);
  const url = gateway.urlFor({ protocol: 'https' });
  expect(await shown(url, 'a.example')).toBe('CN=a.example');
  expect(await shown(url, 'x.a.example')).toBe('CN=a.example');
  expect(await shown(url, 'b.example')).toBe('CN=b.example');
  expect(await shown(url, 'other.example')).toBe('CN=rest.example');
});

it('must be what they say', async () => {
  const other = localAuthority(`${import.meta.filename}/other`).leafFor('a.example');
  expect(await said(`certificates:\n  - ${entity({ certificate: a.certificate, key: other.key })}\n`)).toEqual([
    'error 3 DG1403 the certificate and the key of certificates[0] do not belong together',
  ]);
  expect(
    await said(`certificates:\n  - ${entity(a, ', snis: [a, a]')}\n  - ${entity(a, ', snis: [{ name: b }]')}\nsnis: [{ name: b, certificate: c }]\n`),
  ).toEqual([
    'error 3 DG1206 the name of a server name, "a", is there twice',
    'error 5 DG1205 there is no certificate "c"',
    'error 5 DG1206 the name of a server name, "b", is there twice',
  ]);
  expect(await said(`certificates:\n  - ${entity(a, ', snis: ["10.0.0.1", "a:1", {}]')}\n`)).toEqual([
    'error 3 DG1203 certificates[0].snis[0] is "10.0.0.1"',
    'error 3 DG1203 certificates[0].snis[1] is "a:1"',
    'error 3 DG1204 certificates[0].snis[2] has no name',
  ]);
});

it('may be references: what is not set is told, and a certificate of this machine is shown', async () => {
  const text = 'certificates: [{ cert: "{vault://env/cert}", key: "{vault://env/key}", snis: [a.example] }]\nca_certificates: [{ cert: x }]\n';
  expect(await said(text)).toEqual([
    'warning 2 DG1205 the variable CERT of a vault reference is not set',
    'warning 2 DG1205 the variable KEY of a vault reference is not set',
  ]);
  const { gateway, ledger } = await read(text, { env: { CERT: a.certificate, KEY: a.key } });
  expect(gateway.sites[0]?.listeners[1]?.tls?.certificates).toMatchObject([{ names: ['a.example'], certificate: a.certificate }]);
  expect(ledger.counts().unknown).toBe(0);
});
