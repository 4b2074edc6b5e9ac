import { expect } from 'vitest';
import { check } from '../../../src/dialects/gateway-api/schema/check.ts';
import { httpRoute } from '../../../src/dialects/gateway-api/schema/http-route.ts';
import type { Schema } from '../../../src/dialects/gateway-api/schema/schema.ts';
import { Ledger } from '../../../src/model/ledger.ts';
import { Setting } from '../../../src/sources/setting.ts';
import { parseYaml } from '../../../src/sources/yaml.ts';

/** What is told of a spec in YAML's flow style: `CODE place: …`, one a line. */
export function told(spec: string, schema: Schema = httpRoute): string[] {
  const ledger = new Ledger();
  const root = Setting.root(parseYaml(`spec: ${spec}`, 'route.yaml')[0]!, 'route.yaml', ledger, 'gateway-api');
  const right = check(root, schema);
  expect(ledger.failed).toBe(!right);
  return ledger.diagnostics.map(({ code, severity, message, hint }) => `${severity} ${code} ${message} | ${hint}`);
}
