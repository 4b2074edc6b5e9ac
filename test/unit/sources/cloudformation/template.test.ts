import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { Ledger } from '../../../../src/model/ledger.ts';
import { readTemplate } from '../../../../src/sources/cloudformation/template.ts';
import { Files } from '../../../../src/sources/files.ts';
import { Source } from '../../../../src/sources/source.ts';
import { plain } from '../../../../src/sources/tree.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

interface Read {
  /** `ID TYPE` and the properties of each resource. */
  readonly resources: Record<string, unknown>;
  readonly verdict: (pointer: string, file?: string) => string | undefined;
  readonly diagnostics: readonly string[];
}

function read(files: Record<string, string>, parameters: Record<string, string> = {}): Read {
  const folder = mkdtempSync(path.join(tmpdir(), 'devgateway-stack-'));
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
  const [source, ...others] = Object.entries(files)
    .filter(([name]) => !name.startsWith('_'))
    .map(([name, text]) => new Source(name, path.join(folder, name), text));
  const ledger = new Ledger();
  const template = readTemplate({ source: source as Source, others, ledger, by: 'test', parameters, files: new Files(folder) });
  return {
    resources: Object.fromEntries(template.resources.map(({ id, properties }) => [id, properties.tree === undefined ? {} : plain(properties.tree)])),
    verdict: (pointer, file = 'a.yaml') => ledger.entries.find(({ origin }) => origin.pointer === pointer && origin.file === file)?.verdict,
    diagnostics: ledger.diagnostics.map(({ code, severity, message, line }) => `${line} ${severity} ${code} ${message}`),
  };
}
const one = (properties: string, head = ''): Record<string, string> => ({
  'a.yaml': `${head}\nResources:\n  Api: { Type: AWS::ApiGateway::RestApi, Properties: ${properties} }\n`,
});

describe('a template', () => {
  it('settles mappings, conditions and parameters that something of a gateway asked for, and says that the others do nothing', () => {
    const head = `
Parameters: { Stage: { Type: String, Default: live }, Vpc: { Type: String, Default: x }, Spare: { Type: String, Default: x } }
Mappings: { Names: { live: { api: a, other: b }, dev: { api: c } } }
Conditions: { Live: !Equals [!Ref Stage, live], Spare: !Equals [!Ref Spare, x] }
Outputs: { Id: { Value: !Ref Spare } }`;
    const files = one('{ Name: !If [Live, !FindInMap [Names, !Ref Stage, api], none] }', head);
    const { resources, verdict, diagnostics } = read({
      'a.yaml': `${files['a.yaml']}  Net: { Type: AWS::EC2::Subnet, Properties: { VpcId: !Ref Vpc } }\n`,
    });
    expect(resources).toEqual({ Api: { Name: 'a' }, Net: { VpcId: 'x' } });
    expect(['/Mappings/Names/live/api', '/Conditions/Live/0', '/Parameters/Stage/Default'].map((one) => verdict(one))).toEqual([
      'mirrored',
      'mirrored',
      'mirrored',
    ]);
    expect(
      [
        '/Mappings/Names/live/other',
        '/Mappings/Names/dev/api',
        '/Conditions/Spare/0',
        '/Parameters/Spare/Default',
        '/Parameters/Vpc/Default',
        '/Outputs/Id/Value',
      ].map((one) => verdict(one)),
    ).toEqual(['ignored', 'ignored', 'ignored', 'ignored', 'ignored', 'ignored']);
    expect(diagnostics).toEqual([]);
  });

  it('tells of a parameter without a value that decides something, and of nothing else', () => {
    const head = 'Parameters:\n  Stage: { Type: String }\n  Other: { Type: String }\nConditions: { Live: !Equals [!Ref Stage, live] }';
    const files = one('{ Name: !If [Live, a, b] }', head);
    expect(read(files).diagnostics).toEqual(['2 warning DG1204 the parameter Stage has no value']);
    expect(read(files, { Stage: 'live' })).toMatchObject({ resources: { Api: { Name: 'a' } }, diagnostics: [] });
  });

  it('refuses a value that the parameter does not allow', () => {
    const files = one('{ Name: !Ref Stage }', 'Parameters: { Stage: { Type: String, Default: a, AllowedValues: [a, b] } }');
    expect(read(files, { Stage: 'c' }).diagnostics).toEqual(['1 error DG1203 Stage is "c"']);
    expect(read(files, { Stage: 'b' })).toMatchObject({ resources: { Api: { Name: 'b' } }, diagnostics: [] });
  });

  it('names values of the Parameter Store, until they are given', () => {
    const files = one('{ Name: !Ref Key }', "Parameters: { Key: { Type: 'AWS::SSM::Parameter::Value<String>', Default: /shop/key } }");
    expect(read(files)).toMatchObject({ resources: { Api: { Name: 'ssm:/shop/key' } }, diagnostics: [expect.stringContaining('Parameter Store')] });
    expect(read(files, { Key: 'k' })).toMatchObject({ resources: { Api: { Name: 'k' } }, diagnostics: [] });
  });

  it('leaves out what is AWS::NoValue, however deep', () => {
    const files = one(
      '{ Name: a, Tags: [!Ref AWS::NoValue, !If [No, x, !Ref AWS::NoValue], y], Policy: !If [No, x, !Ref AWS::NoValue] }',
      'Conditions: { No: !Equals [a, b] }',
    );
    expect(read(files).resources).toEqual({ Api: { Name: 'a', Tags: ['y'] } });
  });

  it('works out functions within functions', () => {
    const name = "!Join ['-', [!Select [1, !Split ['/', !Sub ['${A}/${B}', { B: !FindInMap [M, k, v, { DefaultValue: !Ref P }] }]]], !Ref L]]";
    const head =
      "Transform: AWS::LanguageExtensions\nParameters: { P: { Type: String, Default: p }, A: { Type: String, Default: a }, L: { Type: 'List<String>', Default: 'x, y' } }";
    expect(read(one(`{ Name: ${name} }`, head)).resources).toEqual({ Api: { Name: 'p-x,y' } });
  });

  it('ends where conditions ask for themselves', () => {
    const head = 'Conditions: { A: !Or [!Condition B, !Condition B], B: !Not [!Condition A] }';
    expect(read(one('{ Name: !If [A, x, y] }', head)).resources['Api']).toMatchObject({ Name: expect.stringMatching(/^[xy]$/) });
  });

  it('does not work through conditions that name one another again and again', () => {
    const conditions = Array.from({ length: 60 }, (_, at) => `  C${at}: !Or [!Condition C${at + 1}, !Condition C${at + 1}]`).join('\n');
    expect(read(one('{ Name: !If [C0, x, y] }', `Conditions:\n${conditions}\n  C60: !Equals [a, b]`)).resources).toEqual({ Api: { Name: 'y' } });
  });

  it('unfolds loops of resources and within them', () => {
    const text = `
Transform: AWS::LanguageExtensions
Parameters: { Names: { Type: CommaDelimitedList, Default: 'a-1,b' } }
Resources:
  Fn::ForEach::Apis:
    - Name
    - !Ref Names
    - Api&{Name}:
        Type: AWS::ApiGateway::RestApi
        Properties:
          Name: !Ref Name
          Fn::ForEach::Tags: [Tag, [X, Y], { 'Tag\${Tag}': !Sub '\${Name}/\${Tag}' }]`;
    expect(read({ 'a.yaml': text }).resources).toEqual({
      Apia1: { Name: 'a-1', TagX: 'a-1/X', TagY: 'a-1/Y' },
      Apib: { Name: 'b', TagX: 'b/X', TagY: 'b/Y' },
    });
  });

  it('includes files: resources, and the body of an API from a bucket where the file lies beside the template', () => {
    const text = `
Resources:
  Fn::Transform: { Name: AWS::Include, Parameters: { Location: _more.yaml } }
  Api: { Type: AWS::ApiGateway::RestApi, Properties: { Body: { Fn::Transform: { Name: AWS::Include, Parameters: { Location: !Sub 's3://\${B}/_api.yaml' } } } } }
`;
    const more = 'Other: { Type: AWS::ApiGateway::RestApi, Properties: { Name: !Ref AWS::Region } }';
    expect(read({ 'a.yaml': text, '_more.yaml': more, '_api.yaml': 'openapi: !Ref B' }, { B: '3.0.1' }).resources).toEqual({
      Api: { Body: { openapi: '3.0.1' } },
      Other: { Name: 'us-east-1' },
    });
  });
});

describe('a nested stack', () => {
  const child = `
Parameters: { Prefix: { Type: String } }
Resources:
  Api: { Type: AWS::ApiGateway::RestApi, Properties: { Name: !Sub '\${Prefix}-inner' } }
  Part: { Type: AWS::ApiGateway::Resource, Properties: { RestApiId: !Ref Api } }
Outputs: { Id: { Value: !Ref Api }, Name: { Value: !Ref Prefix } }`;
  const parent = `
Resources:
  Api: { Type: AWS::ApiGateway::RestApi, Properties: { Name: !GetAtt Inner.Outputs.Name } }
  Inner: { Type: AWS::CloudFormation::Stack, Properties: { TemplateURL: ./_inner.yaml, Parameters: { Prefix: !Ref AWS::StackName } } }
  Other: { Type: AWS::ApiGateway::Resource, Properties: { RestApiId: !GetAtt Inner.Outputs.Id } }`;

  it('is read with what it is given, under names of its own where they are taken; its outputs are known', () => {
    const { resources, diagnostics, verdict } = read({ 'a.yaml': parent, '_inner.yaml': child });
    expect(resources).toEqual({
      Api: { Name: 'local' },
      ApiIn1: { Name: 'local-inner' },
      Part: { RestApiId: 'ApiIn1' },
      Other: { RestApiId: 'ApiIn1' },
    });
    expect(diagnostics).toEqual([]);
    expect(verdict('/Resources/Inner/Properties/Parameters/Prefix')).toBe('mirrored');
  });

  it('that is elsewhere is told, and its outputs are named', () => {
    const { resources, diagnostics } = read({ 'a.yaml': parent });
    expect(resources).toEqual({ Api: { Name: 'Inner.Outputs.Name' }, Other: { RestApiId: 'Inner.Outputs.Id' } });
    expect(diagnostics).toEqual(['4 warning DG1208 the template of the nested stack Inner is not beside this one']);
  });

  it('that contains itself ends', () => {
    const text = 'Resources:\n  Inner: { Type: AWS::CloudFormation::Stack, Properties: { TemplateURL: a.yaml } }\n';
    expect(read({ 'a.yaml': text }).resources).toEqual({});
  });
});

it('what another template exports is known; the rest is named', () => {
  const text = one('{ Name: !ImportValue shop-fn, Description: !ImportValue gone }');
  const other = 'Resources: { F: { Type: AWS::Lambda::Function } }\nOutputs: { F: { Value: !GetAtt F.Arn, Export: { Name: !Sub shop-fn } } }';
  expect(read({ ...text, 'b.yaml': other }).resources).toEqual({
    Api: { Name: 'arn:aws:lambda:us-east-1:123456789012:function:F', Description: 'import:gone' },
  });
});
