import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readKeySet } from '../../src/policies/jwt/key-set.ts';
import { parseJws } from '../../src/policies/jwt/parse-jwt.ts';

const file = path.resolve(import.meta.dirname, '../../../shared/conformance/vectors/wycheproof-jws.json');

type Key = Readonly<Record<string, unknown>> & { readonly keys?: readonly Key[] };
interface Row {
  readonly id: string;
  readonly name: string;
  readonly key: Key;
  readonly token: string;
  readonly expected: 'accept' | 'reject';
}

function accepts({ key, token }: Row): boolean {
  const keys = key.keys ?? [key];
  const algorithms = new Set(keys.flatMap((one) => (typeof one['alg'] === 'string' ? [one['alg']] : [])));
  const jws = parseJws(token);
  return !('problem' in jws) && readKeySet({ keys }).set.verify(jws, algorithms);
}

/** Rows that are not asked, and why. */
const exempt: Readonly<Record<string, string>> = {
  'json_web_signature-372': 'accepted by the source although a character was put in that base64url does not know',
  'json_web_signature-373': 'the same',
  'json_web_signature-346': 'a key for PS256 and a token with PS384: alg restricts a key (RFC 7517 section 4.4)',
  'json_web_signature-350': 'the same',
  'json_web_signature-347': 'the key names the algorithm ES521, which does not exist',
  'json_web_signature-351': 'the same',
  'json_web_signature-367': 'the padding that makes it invalid is not in the row',
  'json_web_signature-370': 'the same',
  'json_web_crypto-46': 'a modulus of a weak generator (ROCA) is not looked for',
  'json_web_key-7': 'the same',
  'json_web_crypto-47': 'a set may mix secrets and public keys: each is used for its own algorithms only',
  'json_web_key-1': 'the same',
};

describe.skipIf(!existsSync(file))('signature vectors (only where ../shared/conformance is)', () => {
  const rows = existsSync(file)
    ? (JSON.parse(readFileSync(file, 'utf8')) as { rows: Row[] }).rows.filter((row) => !(row.id.replace('wycheproof-', '') in exempt))
    : [];

  it('saw them', () => expect(rows.length).toBeGreaterThan(300));
  it.each(rows.map((row) => [row.id, row.name, row] as const))('%s %s', (_id, _name, row) => {
    expect(accepts(row)).toBe(row.expected === 'accept');
  });
});
