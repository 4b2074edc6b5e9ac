import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { dialects } from '../../../src/dialects/index.ts';
import { load } from '../../../src/gateway/load.ts';

it('everything has a verdict, whatever dialect reads it', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'devgateway-verdicts-'));
  try {
    cpSync(path.resolve(import.meta.dirname, '../../../fixtures/aws-serverless/everything.yml'), path.join(folder, 'serverless.yml'));
    const { ledger } = await load({ config: 'serverless.yml', dialect: undefined, folder, options: { variables: {}, env: {} } }, dialects);
    const found = Object.fromEntries(
      ledger.entries.map(({ origin, verdict, note }) => [origin.pointer, note === '' ? verdict : `${verdict}: ${note}`]),
    );
    expect(ledger.entries.filter((one) => one.verdict === 'unknown').map((one) => one.origin.pointer)).toEqual([]);
    expect(found).toMatchObject({
      '/provider/apiGateway/usagePlan/0/free/quota/limit': 'mirrored',
      '/provider/httpApi/authorizers/asks/functionName': 'mirrored',
      '/provider/apiGateway/description': 'ignored: resources say it otherwise',
      '/functions/items/events/10/schedule': 'ignored: the event schedule comes from no request',
      '/custom/serverless-offline/httpPort': 'ignored: is for another emulator: where devgateway listens is said to it',
      '/custom/key': 'mirrored',
    });
    // What the framework makes by itself stands nowhere.
    expect(Object.keys(found)).not.toContain('/provider');
    expect(Object.keys(found)).not.toContain('/functions/items');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
