import type { TapeReport } from './tapes.ts';

/** The report as the XML that CI servers read: a case for each request that the tape does not have, and for each of its answers. */
export function junitOf({ file, unknown, used, unused }: TapeReport): string {
  const cases = [
    ...unknown.map(({ request, story }) => failed(request, 'the tape does not have this request', story)),
    ...unused.map((request) => failed(request, 'nobody has asked for this', 'it is on the tape: record it again, or take it out')),
    ...used.map((request) => `  <testcase classname="tape" name="${escaped(request)}"/>`),
  ];
  const failures = unknown.length + unused.length;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuite name="${escaped(`devgateway replay ${file}`)}" tests="${cases.length}" failures="${failures}" errors="0" skipped="0">`,
    ...cases,
    '</testsuite>',
    '',
  ].join('\n');
}

const failed = (name: string, message: string, text: string): string =>
  `  <testcase classname="tape" name="${escaped(name)}"><failure message="${escaped(message)}">${escaped(text)}</failure></testcase>`;

const named: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
/** Control characters cannot stand in XML at all. */
const escaped = (text: string): string =>
  text.replaceAll(/[&<>"]/g, (one) => named[one] as string).replaceAll(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, '?');
