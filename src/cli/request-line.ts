import type { ExchangeRecord } from '../gateway/exchange-record.ts';
import type { Paint } from '../report/paint.ts';

/** `GET /orders 401 2 ms  orders  jwt (the token has expired)  devgateway.yaml:9`, and how to map an upstream that has no address here. */
export function requestLine(record: ExchangeRecord, paint: Paint): string {
  const status =
    record.status >= 500 ? paint.red(String(record.status)) : record.status >= 400 ? paint.yellow(String(record.status)) : String(record.status);
  const place = record.origin === null || record.origin.file === '' ? '' : `${record.origin.file}:${record.origin.line}`;
  const parts = [
    `${record.method} ${oneLine(record.target)} ${status} ${Math.round(record.durationMs)} ms`,
    record.route ?? '(no route)',
    record.reason === '' || record.trouble !== null ? record.decidedBy : `${record.decidedBy} (${oneLine(record.reason)})`,
    paint.dim(place),
  ];
  const line = parts.filter((one) => one !== '').join('  ');
  if (record.trouble === null) return line;
  const { code, upstream, reason } = record.trouble;
  const trouble = `${line}\n  ${code}  ${oneLine(upstream)}: ${oneLine(reason, 500)}`;
  // What keeps a container from running says itself how to mend it.
  if (code !== 'DG1301' && code !== 'DG1302') return trouble;
  const name = oneLine(upstream);
  if (name.startsWith('function:'))
    return `${trouble}\n  = say what runs with --upstream ${name}=./MODULE.EXPORT, or at which URL it is invoked: --upstream ${name}=URL`;
  return `${trouble}\n  = say where it is with --upstream ${name}=URL, or put an echo there: --upstream '${name}=echo:'`;
}

/** A target may hold what would move the cursor of a terminal. */
const oneLine = (text: string, length = 200): string => text.slice(0, length).replaceAll(/[^ -~]/g, '?');
