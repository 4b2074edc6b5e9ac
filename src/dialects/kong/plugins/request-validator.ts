import type { Exchange } from '../../../engine/exchange.ts';
import { refuse, type Outcome } from '../../../engine/outcome.ts';
import { compileJsonSchema, type Judge } from '../../../matching/json-schema.ts';
import type { Setting } from '../../../sources/setting.ts';
import { kongExit } from '../faults.ts';
import { documented } from './documented.ts';
import { compileKongSchema } from './kong-schema.ts';
import { parseMediaType } from './media-type.ts';
import { definePlugin, type KongPlugin } from './plugin.ts';
import { judgeParameter, type Parameter, type Style } from './request-parameters.ts';

type Version = 'kong' | 'draft4' | 'draft6' | 'draft7' | 'draft201909' | 'draft202012';

interface RequestValidator {
  /** Null: bodies are not looked at. */
  readonly body: { readonly schema: unknown; readonly version: Version } | null;
  readonly types: readonly string[];
  readonly typeParameters: boolean;
  readonly parameters: readonly Parameter[];
  /** Tells what is wrong. */
  readonly verbose: boolean;
}
/** The largest body that is judged, in bytes. */
const maxBody = 8 * 1024 * 1024;

/** Kong Enterprise. Refuses with 400 what does not fit: first the parameters, then the media type and the body. */
export const requestValidator: KongPlugin = definePlugin<RequestValidator>({
  name: 'request-validator',
  read(setting) {
    const config = setting.approximately(documented);
    const version = config.get('version').oneOf('kong', 'draft4', 'draft6', 'draft7', 'draft201909', 'draft202012') ?? 'kong';
    if (version === 'draft201909' || version === 'draft202012') config.get('version').approximately(`${documented}; read as draft 7`).string();
    const body = config.get('body_schema');
    const parameters = config.get('parameter_schema');
    if (!body.exists && !parameters.exists)
      config.problem('DG1204', `${config.name} has no schema`, "at least one of these fields must be non-empty: 'body_schema', 'parameter_schema'");
    const schema = body.exists ? readSchema(body, version === 'kong' ? compileKongSchema : compileJsonSchema) : undefined;
    const types = config.get('allowed_content_types');
    return {
      access: {
        body: schema === undefined ? null : { schema, version },
        types: types.exists ? types.strings() : ['application/json'],
        typeParameters: config.get('content_type_parameter_validation').boolean() ?? true,
        parameters: parameters.items().map(readParameter),
        verbose: config.get('verbose_response').boolean() ?? false,
      },
    };
  },
  access({ body, types, typeParameters, parameters, verbose }) {
    const judges = parameters.map((one) => judgeParameter(one, one.schema === null ? () => undefined : compileJsonSchema(one.schema)));
    const judgeBody: Judge | null = body === null ? null : (body.version === 'kong' ? compileKongSchema : compileJsonSchema)(body.schema);
    const allowed = new Set(types.flatMap((one) => comparable(one, typeParameters) ?? []));
    const refused = (message: string, detail: string): Outcome => refuse(kongExit(400, { message: verbose ? detail : message }));
    return (exchange: Exchange) => {
      for (const judge of judges) {
        const wrong = judge(exchange);
        if (wrong !== undefined) return refused("request param doesn't conform to schema", wrong);
      }
      if (judgeBody === null) return undefined;
      const type = exchange.arrived.headers.get('content-type') ?? '';
      if (!allowed.has(comparable(type, typeParameters) ?? '')) return refuse(kongExit(400, { message: 'specified Content-Type is not allowed' }));
      if (!/^application\/(?:[^;]*\+)?json\s*(?:;|$)/i.test(type)) return undefined;
      return exchange.body.whole(maxBody).then((bytes) => {
        const wrong = judgeJson(bytes, judgeBody);
        return wrong === undefined ? undefined : refused("request body doesn't conform to schema", wrong);
      });
    };
  },
});

function judgeJson(bytes: Buffer, judge: Judge): string | undefined {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch {
    return 'request body is not valid JSON';
  }
  return judge(value);
}

/** One text for media types that are the same: type, names and charset have no case. Without parameters, where they do not count. */
function comparable(text: string, withParameters: boolean): string | undefined {
  const parsed = parseMediaType(text.trim());
  if (parsed === undefined) return undefined;
  const parameters = [...parsed.parameters]
    .map(([name, value]) => [name.toLowerCase(), name.toLowerCase() === 'charset' ? value.toLowerCase() : value].join('='))
    .sort();
  return [`${parsed.type}/${parsed.subtype}`.toLowerCase(), ...(withParameters ? parameters : [])].join(';');
}

/** A schema as a JSON text or as it stands. What cannot be compiled is reported over its place. */
function readSchema(setting: Setting, compile: (schema: unknown) => unknown): unknown {
  const told = setting.value();
  try {
    const schema: unknown = typeof told === 'string' ? JSON.parse(told) : told;
    compile(schema);
    return schema;
  } catch (error) {
    return setting.problem(
      'DG1203',
      `${setting.name} is no schema: ${(error as Error).message}`,
      'expected a schema of the validator that version names',
    );
  }
}

const usualStyle = { query: 'form', header: 'simple', path: 'simple' } as const;

function readParameter(setting: Setting): Parameter {
  const place = setting.get('in').oneOf('query', 'header', 'path') ?? 'query';
  const schema = setting.get('schema').exists ? readSchema(setting.get('schema'), compileJsonSchema) : undefined;
  for (const key of ['name', 'in', 'required'])
    if (!setting.get(key).exists) setting.problem('DG1204', `${setting.name} has no ${key}`, 'required field missing');
  const style: Style =
    setting.get('style').oneOf('label', 'form', 'matrix', 'simple', 'spaceDelimited', 'pipeDelimited', 'deepObject') ?? usualStyle[place];
  return {
    name: setting.get('name').string() ?? '',
    in: place,
    required: setting.get('required').boolean() ?? false,
    style,
    explode: setting.get('explode').boolean() ?? style === 'form',
    schema: schema !== null && typeof schema === 'object' ? schema : null,
  };
}
