import type { Setting } from '../../sources/setting.ts';
import { plain } from '../../sources/tree.ts';

/** The names and values of a map, without settling it. */
const entriesOf = (setting: Setting): [string, unknown][] => {
  const value = setting.tree === undefined ? undefined : plain(setting.tree);
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? Object.entries(value) : [];
};
const textOf = ({ tree }: Setting): string => (tree?.kind === 'scalar' && tree.value !== null ? String(tree.value) : '');

const tell = (at: Setting, what: string, hint: string): void => at.warning('DG1205', `API Gateway refuses such a method: ${what}`, hint);
const invalidParameter = 'Invalid mapping expression parameter specified:';

/**
 * What an `AWS::ApiGateway::Method` maps must be declared by it: parameters of the request, statuses and fields of the response. API Gateway makes no
 * method otherwise, which is told: here it works all the same. Source: its refusals.
 */
export function checkMappings(properties: Setting): void {
  const integration = properties.get('Integration');
  const declared = new Set(entriesOf(properties.get('RequestParameters')).map(([name]) => name));
  const mapped = integration.get('RequestParameters');
  for (const [name, from] of entriesOf(mapped))
    if (typeof from === 'string' && /^method\.request\.(?:path|querystring|header)\./.test(from) && !declared.has(from))
      tell(mapped.get(name), `${invalidParameter} ${from}`, 'expected one of RequestParameters of this method');
  // A packaging that makes methods need not declare what it makes.
  const responses = properties.get('MethodResponses');
  if (!responses.exists) return;
  const fieldsOf = new Map(
    responses.items().map((one) => [textOf(one.get('StatusCode')), new Set(entriesOf(one.get('ResponseParameters')).map(([name]) => name))]),
  );
  for (const response of integration.get('IntegrationResponses').items()) {
    const [status, parameters] = [response.get('StatusCode'), response.get('ResponseParameters')];
    const fields = fieldsOf.get(textOf(status));
    if (fields === undefined)
      tell(status, `Invalid Response status code specified: ${textOf(status)}`, 'expected one of MethodResponses of this method');
    for (const [name] of fields === undefined ? [] : entriesOf(parameters))
      if (!fields?.has(name)) tell(parameters.get(name), `${invalidParameter} ${name}`, 'expected it in ResponseParameters of the method response');
  }
}
