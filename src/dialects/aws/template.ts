import { readTemplate, type Template } from '../../sources/cloudformation/template.ts';
import type { Source } from '../../sources/source.ts';
import type { CompileInput, Compiled } from '../dialect.ts';
import { functionsOf, functionTypes } from './functions.ts';

/** Types that other dialects of this family read. */
const gateways = /^AWS::(?:ApiGateway|ApiGatewayV2|ElasticLoadBalancingV2)::/;

/**
 * A template of any packaging, in which only what the dialect says of itself (`own`) is left to be read; and what runs for
 * the functions that it defines. `by`: `DIALECT/template`.
 */
export function openTemplate(
  source: Source,
  { ledger, files, options, sources, beside = sources }: CompileInput,
  by: string,
  own: RegExp,
): Template & Pick<Required<Compiled>, 'upstreams'> {
  const { variables: parameters, stage, env } = options;
  const template = readTemplate({ source, ledger, by, parameters, files, stage, env, others: beside.filter((one) => one !== source) });
  for (const { type, setting } of template.resources) {
    if (own.test(type) || functionTypes.has(type)) continue;
    if (type.startsWith('AWS::Serverless::'))
      setting.problem(
        'DG1203',
        `nothing makes resources of type ${type} here`,
        'expected Transform: AWS::Serverless-2016-10-31 at the top of the template',
      );
    else if (gateways.test(type)) setting.leftToOthers('belongs to a gateway of another kind');
    else setting.ignored(`resources of type ${type} are no part of the gateway`);
  }
  return { ...template, upstreams: functionsOf(template.resources, source, files) };
}
