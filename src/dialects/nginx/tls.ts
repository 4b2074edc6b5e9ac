import path from 'node:path';
import type { ListenerTls } from '../../model/gateway.ts';
import type { Files } from '../../sources/files.ts';
import type { Context } from './context.ts';

/**
 * What a server with `listen ... ssl` shows: the files that it names, where they lie here; else a certificate of the local authority, which
 * serves the same names.
 */
export function tlsOf(server: Context, names: readonly string[], files: Files, folder: string): ListenerTls {
  const [certificates, keys] = [server.inherited('ssl_certificate'), server.inherited('ssl_certificate_key')];
  const [certificate, key] = [certificates.at(-1), keys.at(-1)];
  const read = (file: string | undefined): string | undefined => (file === undefined ? undefined : files.read(path.resolve(folder, file)));
  const pair = { certificate: read(certificate?.args[0]), key: read(key?.args[0]) };
  if (pair.certificate !== undefined && pair.key !== undefined) return { certificates: [{ names, certificate: pair.certificate, key: pair.key }] };
  for (const one of [...certificates, ...keys])
    server.ledger.settle(one.origin, 'approximated', server.by, 'the file is not here: the local authority makes a certificate');
  return { certificates: [] };
}
