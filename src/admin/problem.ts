import { STATUS_CODES } from 'node:http';
import { DevgatewayError, type Diagnostic } from '../model/error.ts';

/** An answer that tells what went wrong (RFC 9457). */
export interface Problem {
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  /** Where the catalogue of errors has one, with all that was found. */
  readonly code?: string;
  readonly diagnostics?: readonly Diagnostic[];
}

/** Thrown to answer so. */
export class Refusal extends Error {
  readonly status: number;

  constructor(status: number, detail: string) {
    super(detail);
    this.status = status;
  }
}

/** What was thrown, as an answer. Of our own bugs nothing is told but that there was one. */
export function problemOf(error: unknown): Problem {
  if (error instanceof DevgatewayError) return { ...problem(422, error.message), code: error.code, diagnostics: error.diagnostics };
  if (error instanceof Refusal) return problem(error.status, error.message);
  // What the gateway calls a wrong call; a path whose escapes are broken.
  if (error instanceof TypeError || error instanceof URIError) return problem(400, error.message);
  const { status, expose } = error as { readonly status?: unknown; readonly expose?: unknown };
  if (typeof status === 'number' && expose === true) return problem(status, (error as Error).message);
  return { ...problem(500, 'an internal error; this is a bug of devgateway'), code: 'DG9002' };
}

const problem = (status: number, detail: string): Problem => ({ title: STATUS_CODES[status] ?? '', status, detail });
