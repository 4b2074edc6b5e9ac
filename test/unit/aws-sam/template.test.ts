import { describe, expect, it } from 'vitest';
import { unfolded } from './unfolded.ts';

describe('Globals', () => {
  it('merge maps, join lists and yield to what a resource says', () => {
    const { resources, ledger } = unfolded(`
Globals:
  Function: { Timeout: 5, Runtime: nodejs22.x, Layers: [one], Environment: { Variables: { A: a, B: b } } }
  SimpleTable: { SSESpecification: { SSEEnabled: true } }
Resources:
  Orders: { Type: AWS::Serverless::Function, Properties: { Timeout: 9, Layers: [two], Environment: { Variables: { B: own } } } }
  Empty: { Type: AWS::Serverless::Function }
`);
    expect(resources['Orders']?.properties).toMatchObject({
      Timeout: 9,
      Runtime: 'nodejs22.x',
      Layers: ['one', 'two'],
      Environment: { Variables: { A: 'a', B: 'own' } },
    });
    expect(resources['Empty']?.properties).toMatchObject({ Timeout: 5, Layers: ['one'] });
    const note = (pointer: string): string | undefined => ledger.entries.find(({ origin }) => origin.pointer === pointer)?.note;
    expect(note('/Globals/SimpleTable/SSESpecification/SSEEnabled')).toContain('no resource of kind SimpleTable');
    expect(note('/Globals/Function/Environment/Variables/B')).toContain('says it itself');
  });

  it('do not look into functions', () => {
    const { resources } = unfolded(`
Conditions: { Yes: !Equals [a, a] }
Globals: { Function: { Environment: { Variables: !If [Yes, { A: a }, {}] }, Layers: !If [Yes, [one], []] } }
Resources:
  Orders: { Type: AWS::Serverless::Function, Properties: { Environment: { Variables: { B: b } }, Layers: [two] } }
  Usual: { Type: AWS::Serverless::Function, Properties: { Handler: x.y } }
`);
    expect(resources['Orders']?.properties).toMatchObject({ Environment: { Variables: { B: 'b' } }, Layers: ['two'] });
    expect(resources['Usual']?.properties).toMatchObject({ Environment: { Variables: { A: 'a' } }, Layers: ['one'] });
  });

  it('hold for the implied API, which keeps its own stage', () => {
    const { resources, body } = unfolded(`
Globals: { Api: { StageName: other, Cors: "'*'" } }
Resources:
  Orders: { Type: AWS::Serverless::Function, Properties: { Events: { A: { Type: Api, Properties: { Path: /, Method: get } } } } }
`);
    expect(resources['ServerlessRestApiProdStage']).toBeDefined();
    expect(body('ServerlessRestApi')['paths']).toHaveProperty('/.options');
  });
});

describe('CORS', () => {
  const headers = (cors: string, method: string): unknown => {
    const { body } = unfolded(`
Resources:
  Api: { Type: AWS::Serverless::Api, Properties: { StageName: live, Cors: ${cors} } }
  Orders: { Type: AWS::Serverless::Function, Properties: { Events: { A: { Type: Api, Properties: { RestApiId: !Ref Api, Path: /, Method: ${method} } } } } }
`);
    const made = JSON.parse(JSON.stringify(body('Api')['paths'] ?? {})) as {
      '/': { options: { 'x-amazon-apigateway-integration': { responses: { default: { responseParameters: Record<string, string> } } } } };
    };
    const { responseParameters } = made['/'].options['x-amazon-apigateway-integration'].responses.default;
    return Object.fromEntries(
      Object.entries(responseParameters).map(([name, value]) => [name.replace('method.response.header.Access-Control-', ''), value]),
    );
  };

  it('allows the methods of the path', () => {
    expect(headers(`"'*'"`, 'post')).toEqual({ 'Allow-Origin': "'*'", 'Allow-Methods': "'OPTIONS,POST'" });
    expect(headers(`"'*'"`, 'any')).toMatchObject({ 'Allow-Methods': "'DELETE,GET,HEAD,OPTIONS,PATCH,POST,PUT'" });
  });

  it('sends what is said, and nothing of what is empty', () => {
    const all = `{ AllowOrigin: "'a'", AllowHeaders: "'b'", AllowMethods: "'c'", MaxAge: "'600'", AllowCredentials: true }`;
    expect(headers(all, 'get')).toEqual({
      'Allow-Origin': "'a'",
      'Allow-Headers': "'b'",
      'Allow-Methods': "'c'",
      'Max-Age': "'600'",
      'Allow-Credentials': "'true'",
    });
    expect(headers(`{ AllowHeaders: '', AllowCredentials: false }`, 'get')).toEqual({ 'Allow-Origin': "'*'", 'Allow-Methods': "'GET,OPTIONS'" });
  });
});

describe('a template', () => {
  it('finds what SAM makes by its names', () => {
    const { resources } = unfolded(`
Resources:
  Api: { Type: AWS::Serverless::Api, Properties: { StageName: live } }
  Orders: { Type: AWS::Serverless::Function, Properties: { AutoPublishAlias: blue, Events: { A: { Type: Api, Properties: { Path: /, Method: get } } } } }
  Plan:
    Type: AWS::ApiGateway::UsagePlan
    Properties:
      Names: [!Ref Api.Stage, !Ref ApiliveStage, !Sub '\${Api.Stage}', !Ref ServerlessRestApi.Stage, !Ref ServerlessRestApiProdStage, !Ref NoStage]
      Functions: [!Ref Orders.Alias, !Ref OrdersAliasblue, !Ref Orders.Version, !Sub '\${Orders.Alias}']
`);
    expect(resources['Plan']?.properties['Names']).toEqual(['live', 'live', 'live', 'Prod', 'Prod', 'NoStage']);
    const arn = 'arn:aws:lambda:us-east-1:123456789012:function:Orders';
    expect(resources['Plan']?.properties['Functions']).toEqual([`${arn}:blue`, `${arn}:blue`, `${arn}:1`, `${arn}:blue`]);
  });

  it('keeps conditions and metadata with what is made, and leaves tables and applications alone', () => {
    const { resources, ledger } = unfolded(`
Resources:
  Table: { Type: AWS::Serverless::SimpleTable, Properties: { TableName: orders } }
  App: { Type: AWS::Serverless::Application, Properties: { Location: a } }
  Off: { Type: AWS::Serverless::Function, Condition: Never, Properties: { Events: { A: { Type: Api, Properties: { Path: /, Method: get } } } } }
  Layer: { Type: AWS::Serverless::LayerVersion, Properties: { ContentUri: layer/, RetentionPolicy: Retain } }
  Image: { Type: AWS::Serverless::Function, Properties: { PackageType: Image, ImageUri: i } }
  Inline: { Type: AWS::Serverless::Function, Properties: { InlineCode: 'x', CodeUri: y } }
  Bucket: { Type: AWS::Serverless::Function, Properties: { CodeUri: { Bucket: b, Key: k } } }
`);
    expect(Object.keys(resources)).toEqual(['Layer', 'Image', 'Inline', 'Bucket']);
    expect(resources['Layer']).toEqual({ type: 'AWS::Lambda::LayerVersion', properties: { Content: 'layer/' } });
    expect(resources['Image']?.properties).toMatchObject({ Code: { ImageUri: 'i' } });
    expect(resources['Inline']?.properties).toMatchObject({ Code: { ZipFile: 'x' } });
    expect(resources['Bucket']?.properties).toMatchObject({ Code: { S3Bucket: 'b', S3Key: 'k' } });
    expect(ledger.entries.find(({ origin }) => origin.pointer === '/Resources/Table/Properties/TableName')).toMatchObject({ verdict: 'ignored' });
  });

  it('tells once that its Transform is missing', () => {
    const functions = ['One', 'Two'].map(
      (name) => `
  ${name}: { Type: AWS::Serverless::Function, Properties: { Events: { A: { Type: Api, Properties: { Path: /${name}, Method: get } } } } }`,
    );
    const { ledger, resources } = unfolded(`Resources:${functions.join('')}\n`, { head: '' });
    expect(resources['ServerlessRestApi']).toBeDefined();
    expect(ledger.diagnostics).toMatchObject([{ code: 'DG1204', severity: 'warning', line: 3 }]);
  });
});
