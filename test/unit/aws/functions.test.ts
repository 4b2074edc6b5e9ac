import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { behaviour as awsHttp } from '../../../src/dialects/aws-http/behaviour.ts';
import { createGateway, type Gateway, type GatewayOptions, type LogLine } from '../../../src/index.ts';
import { Ledger } from '../../../src/model/ledger.ts';
import { Files } from '../../../src/sources/files.ts';
import { Source } from '../../../src/sources/source.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

type Properties = Readonly<Record<string, unknown>>;
type Texts = Readonly<Record<string, string>>;

/** A template with a function at `GET /` of an HTTP API and of a REST API (`GET /dev/`). */
function template(own: Properties, { more = {}, metadata = {} }: { more?: Properties; metadata?: Properties } = {}): string {
  const resources = {
    Orders: { Type: 'AWS::Lambda::Function', Properties: own, Metadata: metadata },
    Http: { Type: 'AWS::ApiGatewayV2::Api', Properties: { Name: 'h', ProtocolType: 'HTTP' } },
    Call: {
      Type: 'AWS::ApiGatewayV2::Integration',
      Properties: {
        ApiId: { Ref: 'Http' },
        IntegrationType: 'AWS_PROXY',
        IntegrationUri: { 'Fn::GetAtt': ['Orders', 'Arn'] },
        PayloadFormatVersion: '2.0',
      },
    },
    Route: {
      Type: 'AWS::ApiGatewayV2::Route',
      Properties: { ApiId: { Ref: 'Http' }, RouteKey: 'GET /', Target: { 'Fn::Sub': 'integrations/${Call}' } },
    },
    Stage: { Type: 'AWS::ApiGatewayV2::Stage', Properties: { ApiId: { Ref: 'Http' }, StageName: '$default' } },
    ...more,
  };
  return JSON.stringify({ Resources: resources });
}

async function start(files: Texts, options: GatewayOptions = {}): Promise<Gateway> {
  return createGateway({ config: 'template.json', folder: folderOf(files), onFunctionLog: () => {}, ...options });
}
function folderOf(files: Texts): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'devgateway-template-functions-'));
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
  return folder;
}
function ledgerOf(files: Texts): Ledger {
  const folder = folderOf(files);
  const ledger = new Ledger();
  const source = new Source('template.json', path.join(folder, 'template.json'), files['template.json'] as string);
  awsHttp.compile({ sources: [source], files: new Files(folder), ledger, options: { variables: {}, env: {} } });
  return ledger;
}

const usual = { Handler: 'orders.handler', Runtime: 'nodejs22.x', Code: './src' };
const says = (expression: string, head = ''): string => `${head}\nexport const handler = async (event, context) => (${expression});`;
const answer = async (gateway: Gateway): Promise<unknown> => (await gateway.fetch('/')).json();

describe('a function that a template defines', () => {
  it('runs from the folder beside it, with its variables, time and memory', async () => {
    const own = {
      ...usual,
      FunctionName: 'shop-orders',
      Environment: { Variables: { TABLE: { Ref: 'Table' }, COUNT: 7 } },
      Timeout: 5,
      MemorySize: 256,
    };
    const code = says(
      '[process.env.TABLE, process.env.COUNT, process.env._HANDLER, context.functionName, context.memoryLimitInMB, context.getRemainingTimeInMillis() > 4000]',
    );
    await using gateway = await start({ 'template.json': template(own), 'src/orders.mjs': code });
    expect(await answer(gateway)).toEqual(['Table', '7', 'orders.handler', 'shop-orders', '256', true]);
  });

  it('prints under the name that it is mapped by', async () => {
    const lines: LogLine[] = [];
    const files = { 'template.json': template({ ...usual, FunctionName: 'shop-orders' }), 'src/orders.mjs': says('console.log("said")') };
    await using gateway = await start(files, { onFunctionLog: (line) => lines.push(line) });
    await gateway.fetch('/');
    expect(lines).toEqual([expect.objectContaining({ function: 'Orders', text: 'said' })]);
  });

  it('yields to what the user puts under any of its names', async () => {
    const files = { 'template.json': template({ ...usual, FunctionName: 'shop-orders' }), 'src/orders.mjs': says('1') };
    for (const name of ['function:Orders', 'function:shop-orders']) {
      await using gateway = await start(files, { upstreams: { [name]: async () => 2 } });
      expect(await answer(gateway)).toBe(2);
      gateway.override(name, async () => 3);
      expect(await answer(gateway)).toBe(3);
    }
    const include = 'include: [template.json]\nupstreams: { function:shop-orders: ./own.handler }';
    await using gateway = await start({ ...files, 'devgateway.yaml': include, 'own.mjs': says('4') }, { config: 'devgateway.yaml' });
    expect(await answer(gateway)).toBe(4);
  });

  it('of another runtime answers as before until something is put in its place', async () => {
    const own = { ...usual, FunctionName: 'shop-orders', Runtime: 'python3.13' };
    const files = { 'template.json': template(own), 'src/orders.py': '' };
    await using alone = await start(files);
    expect((await alone.fetch('/')).status).toBe(503);
    await using gateway = await start(files, { upstreams: { 'function:shop-orders': async () => 2 } });
    expect(await answer(gateway)).toBe(2);
    const found = ledgerOf(files).entries.filter(({ origin }) => origin.pointer === '/Resources/Orders/Properties/Runtime');
    const notes = found.map(({ verdict, note }) => [verdict, note]);
    expect(notes).toEqual([['ignored', 'functions in python3.13 are not run by themselves: say what runs with --upstream function:Orders=...']]);
  });

  it('may stand in the template itself', async () => {
    const ZipFile = "const { join } = require('node:path');\nexports.handler = async () => [join('a', __filename.split('/').at(-1))];";
    await using gateway = await start({ 'template.json': template({ ...usual, Handler: 'index.handler', Code: { ZipFile } }) });
    expect(await answer(gateway)).toEqual(['a/index.js']);
    const esm = says('[import.meta.url.split("/").at(-1)]', "import 'node:path';");
    await using second = await start({ 'template.json': template({ ...usual, Handler: 'index.handler', Code: { ZipFile: esm } }) });
    expect(await answer(second)).toEqual(['index.js']);
  });

  it('is where the CDK put it', async () => {
    const code = { S3Bucket: { 'Fn::Sub': 'cdk-assets-${AWS::AccountId}' }, S3Key: 'abc.zip' };
    const files = { 'asset.abc/index.js': 'exports.handler = async () => 1;', 'asset.def/index.js': 'exports.handler = async () => 2;' };
    const own = { ...usual, Handler: 'index.handler', Code: code };
    await using byKey = await start({ ...files, 'template.json': template(own) });
    expect(await answer(byKey)).toBe(1);
    const metadata = { 'aws:asset:path': 'asset.def', 'aws:asset:property': 'Code' };
    await using byMetadata = await start({ ...files, 'template.json': template(own, { metadata }) });
    expect(await answer(byMetadata)).toBe(2);
    const path = { 'aws:cdk:path': 'Shop/Orders/Resource' };
    await using byPath = await start(
      { 'template.json': template(own, { metadata: path }) },
      { upstreams: { 'function:Shop/Orders': async () => 3 } },
    );
    expect(await answer(byPath)).toBe(3);
  });

  it('is what was built where it was not written, or where only the build has its packages', async () => {
    const built = { '.aws-sam/build/Orders/orders.js': 'exports.handler = async () => [require("p")];' };
    const installed = { '.aws-sam/build/Orders/node_modules/p/index.js': 'module.exports = "p";' };
    await using gateway = await start({ ...built, ...installed, 'template.json': template(usual) });
    expect(await answer(gateway)).toEqual(['p']);
    await using second = await start({ ...built, ...installed, 'src/orders.mjs': says('1'), 'template.json': template(usual) });
    expect(await answer(second)).toEqual(['p']);
    await using third = await start({ ...built, 'src/orders.mjs': says('1'), 'template.json': template(usual) });
    expect(await answer(third)).toBe(1);
  });

  it('is found in TypeScript by the entry point of its bundle', async () => {
    const metadata = { BuildMethod: 'esbuild', BuildProperties: { EntryPoints: ['handlers/a/orders.ts', 'handlers/b.ts'] } };
    const code = `import { Event, double } from '../../lib';
import type { Other } from 'types-only';
import { APIGatewayProxyEvent, Context as C } from 'types-only';
enum Size { Small = 1 }
export const handler = async (event: Event & APIGatewayProxyEvent, context: C): Promise<number> => double(Size.Small as number);`;
    const lib = 'export interface Event { readonly a?: number }\nexport const double = (n: number): number => n * 2;';
    const own = { ...usual, Handler: 'a/orders.handler' };
    await using gateway = await start({
      'template.json': template(own, { metadata }),
      'src/handlers/a/orders.ts': code,
      'src/lib/index.ts': lib,
    });
    expect(await answer(gateway)).toBe(2);
  });

  it('finds packages and files of its layers', async () => {
    const more = {
      Layer: { Type: 'AWS::Lambda::LayerVersion', Properties: { Content: './layer', LayerName: 'l' } },
      Second: { Type: 'AWS::Lambda::LayerVersion', Properties: { Content: './second' } },
    };
    const own = { ...usual, Layers: [{ Ref: 'Layer' }, { Ref: 'Second' }, 'arn:aws:lambda:us-east-1:1:layer:elsewhere:1'] };
    const files = {
      'template.json': template(own, { more }),
      'layer/nodejs/node_modules/p/index.js': 'exports.p = "first";',
      'second/nodejs/node_modules/p/index.js': 'exports.p = "second";',
      'layer/nodejs/own.mjs': 'export const own = "own";',
      'layer/nodejs/node22/node_modules/q/index.js': 'exports.q = "q";',
    };
    const esm = says('[p, q, own]', 'import { p } from "p"; import { q } from "q"; import { own } from "/opt/nodejs/own.mjs";');
    await using gateway = await start({ ...files, 'src/orders.mjs': esm });
    expect(await answer(gateway)).toEqual(['second', 'q', 'own']);
    const cjs = 'exports.handler = async () => [require("p").p, require("q").q, require("/opt/nodejs/own.mjs").own];';
    await using second = await start({ ...files, 'src/orders.cjs': cjs });
    expect(await answer(second)).toEqual(['second', 'q', 'own']);
  });
});

it('an authorizer that says Unauthorized has not failed', async () => {
  const more = {
    Guard: { Type: 'AWS::Lambda::Function', Properties: { ...usual, Handler: 'guard.handler' } },
    Authorizer: {
      Type: 'AWS::ApiGatewayV2::Authorizer',
      Properties: {
        ApiId: { Ref: 'Http' },
        AuthorizerType: 'REQUEST',
        AuthorizerUri: { 'Fn::Sub': 'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${Guard.Arn}/invocations' },
        AuthorizerPayloadFormatVersion: '2.0',
        IdentitySource: ['$request.header.Authorization'],
        Name: 'guard',
      },
    },
    Route: {
      Type: 'AWS::ApiGatewayV2::Route',
      Properties: {
        ApiId: { Ref: 'Http' },
        RouteKey: 'GET /',
        AuthorizationType: 'CUSTOM',
        AuthorizerId: { Ref: 'Authorizer' },
        Target: { 'Fn::Sub': 'integrations/${Call}' },
      },
    },
  };
  const guard = 'export const handler = (event, context, callback) => callback(event.headers.authorization);';
  await using gateway = await start({ 'template.json': template(usual, { more }), 'src/orders.mjs': says('1'), 'src/guard.mjs': guard });
  const ask = async (authorization: string): Promise<number> =>
    (await gateway.fetch(new Request('http://localhost/', { headers: { authorization } }))).status;
  expect([await ask('Unauthorized'), gateway.errors]).toEqual([401, []]);
  expect([await ask('other'), gateway.errors.splice(0)]).toEqual([500, [expect.objectContaining({ upstream: 'function:Guard' })]]);
});

it('a function that loops or ends its process leaves all others answering, and comes back itself', async () => {
  const sees = `export const handler = async (event) => {
    if (event.rawPath === '/loop') for (;;);
    if (event.rawPath === '/crash') process.exit(1);
    return { pid: process.pid };
  };`;
  const routes = ['loop', 'crash', 'well'].map((name) => [
    name,
    {
      Type: 'AWS::ApiGatewayV2::Route',
      Properties: { ApiId: { Ref: 'Http' }, RouteKey: `GET /${name}`, Target: { 'Fn::Sub': 'integrations/${Call}' } },
    },
  ]);
  const files = { 'template.json': template({ ...usual, Timeout: 3 }, { more: Object.fromEntries(routes) }), 'src/orders.mjs': sees };
  await using gateway = await start(files);
  const ask = async (path: string): Promise<unknown> => {
    const { status } = await gateway.fetch(path);
    return status;
  };
  let looping = true;
  const loop = ask('/loop').then((status) => ((looping = false), status));
  expect(await ask('/crash')).toBe(500);
  expect(await ask('/well')).toBe(200);
  expect(looping).toBe(true);
  expect(await loop).toBe(500);
  expect(await Promise.all([ask('/well'), ask('/well'), ask('/')])).toEqual([200, 200, 200]);
  expect(gateway.errors.splice(0).map(({ error }) => (error as Error).name)).toEqual(['Runtime.ExitError', 'Sandbox.Timedout']);
});

describe('packagings', () => {
  const layer = { 'layer/nodejs/node_modules/p/index.js': 'exports.p = "layer";' };

  it('SAM: code that is built where it lies, globals, and layers', async () => {
    const text = `Transform: AWS::Serverless-2016-10-31
Globals: { Function: { Runtime: nodejs22.x, Timeout: 9, Environment: { Variables: { A: a } } } }
Resources:
  Layer: { Type: AWS::Serverless::LayerVersion, Properties: { ContentUri: layer/ } }
  Orders:
    Type: AWS::Serverless::Function
    Metadata: { BuildMethod: esbuild, BuildProperties: { EntryPoints: [lib/orders.ts] } }
    Properties:
      CodeUri: src/
      Handler: orders.handler
      Layers: [!Ref Layer]
      Environment: { Variables: { B: !Ref AWS::Region } }
      Events: { Get: { Type: Api, Properties: { Path: /, Method: GET } } }
`;
    const body = 'JSON.stringify([p, process.env.A, process.env.B, context.getRemainingTimeInMillis() > 8000])';
    const code = says(`{ body: ${body} }`, 'import { p } from "p";');
    await using gateway = await start({ ...layer, 'template.yaml': text, 'src/lib/orders.ts': code }, { config: 'template.yaml' });
    expect(await (await gateway.fetch('/Prod/')).json()).toEqual(['layer', 'a', 'us-east-1', true]);
  });

  it('the Serverless Framework: from the folder of the service, by the key, the name or the logical id', async () => {
    const text = `service: shop
provider: { name: aws, runtime: nodejs22.x, environment: { A: a } }
layers: { common: { path: layer } }
functions:
  create-order:
    handler: src/orders.handler
    layers: [!Ref CommonLambdaLayer]
    events: [{ httpApi: GET / }]
`;
    const files = { ...layer, 'serverless.yml': text, 'src/orders.mjs': says('[p, process.env.A, context.functionName]', 'import { p } from "p";') };
    await using gateway = await start(files, { config: 'serverless.yml' });
    expect(await answer(gateway)).toEqual(['layer', 'a', 'shop-dev-create-order']);
    for (const name of ['create-order', 'shop-dev-create-order', 'CreateDashorderLambdaFunction']) {
      await using other = await start(files, { config: 'serverless.yml', upstreams: { [`function:${name}`]: async () => 1 } });
      expect(await answer(other)).toBe(1);
    }
  });
});

it('every property of a function is settled', async () => {
  const own = {
    ...usual,
    Role: 'r',
    VpcConfig: { SubnetIds: ['a'] },
    Unheard: { Of: 1 },
    Environment: { Variables: { A: '1', B: { 'Fn::Unheard': 'x' } } },
    Timeout: { 'Fn::ImportValue': 'x' },
    Code: { S3Bucket: 'b', S3Key: 'k' },
  };
  for (const files of [{ 'asset.k/orders.mjs': says('1') }, {}]) {
    const ledger = ledgerOf({ ...files, 'template.json': template(own) });
    expect(ledger.diagnostics).toEqual([]);
    expect(ledger.counts().unknown).toBe(0);
  }
});
