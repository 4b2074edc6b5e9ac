import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, X509Certificate } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createCertificate } from './certificate.ts';

/** A certificate authority of this machine: what it signs is trusted only where somebody has said so. */
export interface LocalAuthority {
  /** PEM: what clients are told to trust. */
  readonly certificate: string;
  /** Where it is kept; null where it could not be written and lives in this process alone. */
  readonly file: string | null;
  /** A certificate for a host name or address; made on first use, then the same. */
  leafFor(name: string): { readonly certificate: string; readonly key: string };
}

const subject = 'devgateway local authority';
const authorityDays = 3650;
/** What browsers still accept. */
const leafDays = 397;

/**
 * The authority kept in `folder`, made on first use. The key can be read by its owner only.
 * A folder that cannot be written gives an authority for this process alone.
 */
export function localAuthority(folder: string): LocalAuthority {
  const certificateFile = path.join(folder, 'ca.pem');
  const keyFile = path.join(folder, 'ca-key.pem');
  const kept = readKept(certificateFile, keyFile);
  if (kept !== null) return authorityOf(kept.certificate, kept.key, certificateFile);
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const certificate = createCertificate({ subject, issuer: subject, publicKey, signingKey: privateKey, days: authorityDays, names: null });
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(keyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
    writeFileSync(certificateFile, certificate, { mode: 0o644 });
  } catch {
    return authorityOf(certificate, privateKey, null);
  }
  return authorityOf(certificate, privateKey, certificateFile);
}

/** Null where there is none, it has run out, or it is not a pair. */
function readKept(certificateFile: string, keyFile: string): { certificate: string; key: KeyObject } | null {
  try {
    const certificate = readFileSync(certificateFile, 'utf8');
    const key = createPrivateKey(readFileSync(keyFile, 'utf8'));
    const parsed = new X509Certificate(certificate);
    return parsed.checkPrivateKey(key) && Date.parse(parsed.validTo) > Date.now() ? { certificate, key } : null;
  } catch {
    return null;
  }
}

function authorityOf(certificate: string, signingKey: KeyObject, file: string | null): LocalAuthority {
  const leaves = new Map<string, { readonly certificate: string; readonly key: string }>();
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const key = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
  const publicKey = createPublicKey(pair.privateKey);
  return {
    certificate,
    file,
    leafFor(name) {
      let leaf = leaves.get(name);
      if (leaf === undefined) {
        const names = name === 'localhost' ? ['localhost', '127.0.0.1', '::1'] : [name];
        // RFC 5280 bounds a common name to 64 characters; clients look at the alternative names only.
        const own = createCertificate({ subject: name.slice(0, 64), issuer: subject, publicKey, signingKey, days: leafDays, names });
        leaves.set(name, (leaf = { certificate: own + certificate, key }));
        if (leaves.size > maxLeaves) leaves.delete(leaves.keys().next().value as string);
      }
      return leaf;
    },
  };
}
/** Names come from clients: they must not fill the memory. */
const maxLeaves = 1000;
