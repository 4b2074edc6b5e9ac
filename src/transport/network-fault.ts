import { fault, type Fault } from '../model/fault.ts';
import { BodyBroken, BodyTooLarge } from '../http/body.ts';
import { Malformed } from './http1-client/malformed.ts';

interface NetworkError {
  readonly code?: string;
  readonly hostname?: string;
  readonly cause?: { readonly code?: string };
}

const unreachable: ReadonlySet<string> = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL', 'EACCES', 'ENOENT', 'EPROTO']);
/** What OpenSSL says of a certificate that it does not accept. */
const certificate = /^(?:CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|HOSTNAME_MISMATCH|INVALID_CA|ERR_TLS|ERR_SSL|ERR_OSSL)/;

/** What a failed connection or a broken answer is called. */
export function faultOfNetwork(error: Error, upstream: string, connectTimeoutMs: number): Fault {
  const { code: own, hostname, cause } = error as NetworkError;
  const code = own ?? cause?.code ?? '';
  const reason = error.message;
  if (error instanceof BodyTooLarge) return fault('body-too-large', { limit: error.limit });
  if (error instanceof BodyBroken) return fault('bad-request', { reason: 'the request body broke off' });
  if (error instanceof Malformed) return fault(error.early ? 'upstream-reset' : 'upstream-malformed', { upstream, reason });
  if (error instanceof TypeError || code === 'UND_ERR_INVALID_ARG' || code === 'UND_ERR_NOT_SUPPORTED') return fault('internal', { cause: error });
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return fault('upstream-unresolved', { upstream, hostname: hostname ?? upstream });
  if (code === 'UND_ERR_CONNECT_TIMEOUT' || code === 'ETIMEDOUT') return fault('upstream-connect-timeout', { upstream, afterMs: connectTimeoutMs });
  if (unreachable.has(code) || certificate.test(code)) return fault('upstream-unreachable', { upstream, reason });
  if (code.startsWith('HPE_') || code === 'UND_ERR_HEADERS_OVERFLOW') return fault('upstream-malformed', { upstream, reason });
  return fault('upstream-reset', { upstream, reason });
}
