import type { Origin } from './origin.ts';

/** Mistakes of a user: shown over their own text. Each code is documented in docs/errors.md. */
export const userErrors = {
  DG1001: 'configuration not found',
  DG1002: 'no dialect recognises the configuration',
  DG1003: 'several dialects recognise the configuration',
  DG1004: 'unknown dialect',
  DG1101: 'the file cannot be parsed',
  DG1102: 'the file cannot be read',
  DG1103: 'the configuration module cannot be used',
  DG1201: 'unknown setting',
  DG1202: 'wrong type of value',
  DG1203: 'value out of range or not allowed',
  DG1204: 'required setting is missing',
  DG1205: 'reference to something that is not there',
  DG1206: 'duplicate or conflicting settings',
  DG1207: 'invalid regular expression',
  DG1208: 'not supported',
  DG1209: 'unsafe key or secret',
  DG1301: 'upstream is not mapped',
  DG1302: 'upstream cannot be reached',
  DG1303: 'testcontainers is not installed',
  DG1304: 'Docker cannot be reached',
  DG1305: 'a container did not start',
  DG1401: 'the address is in use',
  DG1402: 'listening failed',
  DG1403: 'certificate or key cannot be used',
  DG1501: 'wrong usage',
  DG1601: 'the tape cannot be read',
  DG1602: 'there is no tape',
  DG1603: 'the tape cannot be written',
} as const;

/** Our own bugs. */
export const systemErrors = {
  DG9001: 'a kind is not registered',
  DG9002: 'an internal invariant does not hold',
} as const;

export type UserErrorCode = keyof typeof userErrors;
export type ErrorCode = UserErrorCode | keyof typeof systemErrors;

/** One finding about a configuration, as `check --json` prints it (contract: reports). */
export interface Diagnostic {
  readonly code: ErrorCode;
  readonly severity: 'error' | 'warning';
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
  /** What was expected and how to mend it. */
  readonly hint: string;
}

export const diagnosticAt = (code: ErrorCode, origin: Origin, message: string, hint = '', severity: 'error' | 'warning' = 'error'): Diagnostic => ({
  code,
  severity,
  file: origin.file,
  line: origin.line,
  column: origin.column,
  message,
  hint,
});

/** What every door of devgateway throws. `diagnostics` holds all problems that were found, the first of them is the message. */
export class DevgatewayError extends Error {
  override readonly name = 'DevgatewayError';
  readonly code: ErrorCode;
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly [Diagnostic, ...Diagnostic[]] | Diagnostic, options?: ErrorOptions) {
    const all = Array.isArray(diagnostics) ? (diagnostics as readonly Diagnostic[]) : [diagnostics as Diagnostic];
    super(all.map(describe).join('\n'), options);
    this.code = all[0]?.code ?? 'DG9002';
    this.diagnostics = all;
  }
}

/** One line: `file:line:col  error DG1234  what is wrong`. */
export function describe(one: Diagnostic): string {
  const place = one.file ? `${one.file}${one.line ? `:${one.line}:${one.column}` : ''}  ` : '';
  return `${place}${one.severity} ${one.code}  ${one.message}${one.hint ? `. ${one.hint}` : ''}`;
}

export const isUserError = (error: unknown): error is DevgatewayError => error instanceof DevgatewayError && error.code in userErrors;
