import { referenceOfMade } from '../sam/references.ts';
import type { Scalar, Tree } from '../tree.ts';
import { madeTree, mapTree } from '../tree.ts';
import { holds, member, resolve, textOf, type Scope } from './functions.ts';
import { Uses } from './uses.ts';

/** A template's values where AWS would put its own. */
const pseudo: Readonly<Record<string, string>> = {
  'AWS::Region': 'us-east-1',
  'AWS::AccountId': '123456789012',
  'AWS::Partition': 'aws',
  'AWS::URLSuffix': 'amazonaws.com',
  'AWS::StackName': 'local',
  'AWS::StackId': 'arn:aws:cloudformation:us-east-1:123456789012:stack/local/0',
};
/** The ARN that a function of the template has here, by its logical id or its name. */
export const arnOfFunction = (name: string): string => `arn:aws:lambda:${pseudo['AWS::Region']}:${pseudo['AWS::AccountId']}:function:${name}`;
/** How API Gateway calls a function, and how it does where the answer is streamed. */
export const lambdaUri = (arn: string): string => `${lambdaPath('2015-03-31')}${arn}/invocations`;
export const streamingUri = (arn: string): string => `${lambdaPath('2021-11-15')}${arn}/response-streaming-invocations`;
const lambdaPath = (date: string): string => `arn:aws:apigateway:${pseudo['AWS::Region']}:lambda:path/${date}/functions/`;
/** Where a packaging says by which name its users know a function. */
export const nameInMetadata = 'devgateway:name';
const functionTypes = ['AWS::Lambda::Function', 'AWS::Serverless::Function'];

/** A document whose `${AWS::Region}` and the like are filled in, as an import of API Gateway does. */
export const withPseudoParameters = (tree: Tree): Tree =>
  mapTree(tree, (value) =>
    typeof value === 'string' && value.includes('${AWS::')
      ? value.replaceAll(/\$\{(AWS::\w+)\}/g, (text, name: string) => (Object.hasOwn(pseudo, name) ? (pseudo[name] as string) : text))
      : value,
  );

/** What a template is worked out with. */
export interface ScopeInput {
  readonly template: Tree;
  readonly given: Readonly<Record<string, string>>;
  readonly include: Scope['include'];
  readonly untaken: Scope['untaken'];
  readonly misused?: Scope['misused'];
  /** How a resource is called here; by its logical id where it is not said. */
  readonly nameOf?: (id: string) => string;
  /** An output of a nested stack, where that is here. */
  readonly outputOf?: (stack: string, output: string) => Tree | undefined;
  /** What other stacks that are here export. */
  readonly exported?: (name: string) => Tree | Scalar | undefined;
}

/** What the functions of a template find in it. `uses`: what they asked for. */
export function scopeOf(input: ScopeInput): Scope & { readonly uses: Uses } {
  const { template, given, include, untaken, nameOf = (id) => id } = input;
  const uses = new Uses();
  const conditions = new Map<string, ReturnType<typeof uses.during<boolean>>>();
  /** Names that are being worked out: one that asks for itself is left as it is. */
  const open = new Set<string>();
  const once = <T>(key: string, otherwise: T, work: () => T): T => {
    if (open.has(key)) return otherwise;
    open.add(key);
    const found = work();
    open.delete(key);
    return found;
  };
  const resource = (name: string): Tree | undefined => member(member(template, 'Resources'), name);
  const property = (name: string, key: string): string | undefined =>
    once(`${name}.${key}`, undefined, () => textOf(member(member(resource(name), 'Properties'), key), scope));
  const typeOf = (name: string): string | undefined => {
    const type = member(resource(name), 'Type');
    return type?.kind === 'scalar' ? String(type.value) : undefined;
  };
  /** A packaging may call a function otherwise than by its logical id. */
  const calledOf = (name: string): string => {
    const called = member(member(resource(name), 'Metadata'), nameInMetadata);
    return called?.kind === 'scalar' ? String(called.value) : nameOf(name);
  };
  const parameter = (name: string): Tree | Scalar | undefined => {
    const declared = member(member(template, 'Parameters'), name);
    if (declared !== undefined) uses.add('Parameters', name);
    const value = given[name] ?? member(declared, 'Default');
    if (value === undefined) return undefined;
    const written = typeof value === 'object' && value?.kind === 'scalar' ? value.value : (value as Scalar);
    const type = declared === undefined ? '' : (textOf(member(declared, 'Type'), scope) ?? '');
    // The default is the name of a value that is kept elsewhere.
    const text = type.startsWith('AWS::SSM::Parameter::Value<') && !Object.hasOwn(given, name) ? `ssm:${String(written)}` : written;
    if (declared === undefined || !/^CommaDelimitedList|List</.test(type)) return text;
    return madeTree(
      String(text)
        .split(',')
        .map((one) => one.trim()),
      declared,
    );
  };
  const written = { typeOf, property, arnOf: arnOfFunction };
  const scope: Scope = {
    reference: (name) => {
      switch (typeOf(name)) {
        case undefined:
          return parameter(name) ?? pseudo[name] ?? referenceOfMade(name, written) ?? name;
        case 'AWS::ApiGateway::Stage':
          return property(name, 'StageName') ?? name;
        case 'AWS::ApiGateway::Model':
          return property(name, 'Name') ?? name;
        case 'AWS::Lambda::Alias':
          return `${functionOf(property(name, 'FunctionName') ?? name)}:${property(name, 'Name') ?? 'alias'}`;
        case 'AWS::Lambda::Version':
          return `${functionOf(property(name, 'FunctionName') ?? name)}:1`;
        default:
          return nameOf(name);
      }
    },
    attribute: (name, attribute) => {
      const made = referenceOfMade(`${name}.${attribute}`, written);
      if (made !== undefined) return made;
      const type = typeOf(name);
      // What is called an id of a part of an API is what `Ref` gives.
      if (/^AWS::ApiGateway(?:V2)?::/.test(type ?? '') && /^[A-Z]\w*Id$/.test(attribute) && attribute !== 'RootResourceId') return nameOf(name);
      const [, output] = type === 'AWS::CloudFormation::Stack' ? (/^Outputs\.(.+)$/.exec(attribute) ?? []) : [];
      const found = output === undefined ? undefined : input.outputOf?.(name, output);
      if (found !== undefined) return found;
      // Where no template says what it is, what has an ARN here is a function.
      const isFunction = type === undefined || functionTypes.includes(type);
      return isFunction && (attribute === 'Arn' || attribute === 'Alias') ? arnOfFunction(calledOf(name)) : `${nameOf(name)}.${attribute}`;
    },
    condition: (name) => {
      const known =
        conditions.get(name) ??
        uses.during(() =>
          once(`condition ${name}`, false, () => {
            const found = member(member(template, 'Conditions'), name);
            if (found !== undefined) uses.add('Conditions', name);
            return found !== undefined && holds(found, scope);
          }),
        );
      // One that asks for itself has no value to remember.
      if (!open.has(`condition ${name}`)) conditions.set(name, known);
      uses.addAll(known[1]);
      return known[0];
    },
    mapping: (map, key, second) => {
      const found = member(member(member(member(template, 'Mappings'), map), key), second);
      if (found === undefined) return undefined;
      uses.add('Mappings', map, key, second);
      return once(`${map}.${key}.${second}`, undefined, () => resolve(found, scope));
    },
    exported: (name) => input.exported?.(name) ?? `import:${name}`,
    include: (location) =>
      once(`include ${location}`, undefined, () => {
        const found = include(location);
        return found === undefined ? undefined : resolve(found, scope, true);
      }),
    untaken,
    misused: input.misused,
  };
  return { ...scope, uses };
}

/** The ARN of a function that is given by its name or its ARN. */
const functionOf = (nameOrArn: string): string => (nameOrArn.startsWith('arn:') ? nameOrArn : arnOfFunction(nameOrArn));
