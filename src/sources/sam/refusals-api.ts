import type { Setting } from '../setting.ts';
import { isMap, listAt, mustBe, onlyOf, scalarAt } from './look.ts';
import type { SamResource } from './model.ts';
import { refuseAuth } from './refusals-auth.ts';
import { refuseDocument } from './refusals-document.ts';

/** Source: the developer guide of SAM, AWS::Serverless::Api. */
const known = [
  'AccessLogSetting',
  'AlwaysDeploy',
  'ApiKeySourceType',
  'Auth',
  'BinaryMediaTypes',
  'CacheClusterEnabled',
  'CacheClusterSize',
  'CanarySetting',
  'Cors',
  'DefinitionBody',
  'DefinitionUri',
  'Description',
  'DisableExecuteApiEndpoint',
  'Domain',
  'EndpointAccessMode',
  'EndpointConfiguration',
  'FailOnWarnings',
  'GatewayResponses',
  'MergeDefinitions',
  'MethodSettings',
  'MinimumCompressionSize',
  'Mode',
  'Models',
  'Name',
  'OpenApiVersion',
  'Policy',
  'PropagateTags',
  'SecurityPolicy',
  'StageName',
  'Tags',
  'TracingEnabled',
  'Variables',
];

/** Refuses what SAM's translator refuses of a REST API. Source: samtranslator, model/api/api_generator.py. */
export function refuseApi({ properties }: SamResource): void {
  onlyOf(properties, known);
  const get = (name: string): Setting => properties.get(name);
  const [stage, body, uri] = [get('StageName'), get('DefinitionBody'), get('DefinitionUri')];
  if (scalarAt(stage) === '') stage.problem('DG1203', 'StageName is empty', 'expected the name of a stage');
  else if (!stage.exists) properties.problem('DG1204', `${properties.name} has no StageName`, 'expected StageName');
  if (body.exists && uri.exists) uri.problem('DG1204', 'both DefinitionUri and DefinitionBody are given', 'expected one of them');
  if (uri.exists && scalarAt(get('MergeDefinitions')) === true)
    get('MergeDefinitions').problem(
      'DG1204',
      'MergeDefinitions works only with DefinitionBody',
      'take it out, or give the document in DefinitionBody',
    );
  if (isMap(body, 'expected an OpenAPI document')) refuseDocument(body, properties);
  refuseAuth(get('Auth'));
  refuseCors(get('Cors'));
  refuseResponses(get('GatewayResponses'));
  refuseDomain(get('Domain'));
  const models = get('Models');
  if (isMap(models, 'expected schemas by their names')) for (const [, model] of models.entries()) isMap(model, 'expected a schema');
}

function refuseCors(cors: Setting): void {
  if (cors.kind !== 'map') return;
  onlyOf(cors, ['AllowMethods', 'AllowHeaders', 'AllowOrigin', 'MaxAge', 'AllowCredentials']);
  const origin = cors.get('AllowOrigin');
  const credentials = cors.get('AllowCredentials');
  if (origin.exists && scalarAt(origin) === '') origin.problem('DG1203', 'AllowOrigin is empty', "expected an origin in single quotes, or '*'");
  else if (scalarAt(credentials) === true && (!origin.exists || scalarAt(origin) === "'*'"))
    credentials.problem('DG1204', 'AllowCredentials is true for any origin', 'name the origin in AllowOrigin');
}

function refuseResponses(responses: Setting): void {
  if (!isMap(responses, 'expected gateway responses by their types')) return;
  for (const [, response] of responses.entries()) {
    if (!isMap(response, 'expected ResponseParameters, ResponseTemplates and StatusCode')) continue;
    onlyOf(response, ['ResponseParameters', 'ResponseTemplates', 'StatusCode']);
    onlyOf(response.get('ResponseParameters'), ['Headers', 'Paths', 'QueryStrings']);
    const status = response.get('StatusCode');
    if (status.exists && !/^\d+$/.test(String(scalarAt(status)))) status.problem('DG1203', 'StatusCode is no number', 'expected an HTTP status');
  }
}

function refuseDomain(domain: Setting): void {
  if (!isMap(domain, 'expected DomainName and CertificateArn')) return;
  for (const name of ['DomainName', 'CertificateArn'])
    if (!domain.get(name).exists) domain.problem('DG1204', `${domain.name} has no ${name}`, `expected ${name}`);
  const endpoint = domain.get('EndpointConfiguration');
  if (endpoint.exists && !['EDGE', 'REGIONAL', 'PRIVATE'].includes(String(scalarAt(endpoint))))
    endpoint.problem('DG1203', `${endpoint.name} is ${JSON.stringify(scalarAt(endpoint) ?? null)}`, 'expected EDGE, REGIONAL or PRIVATE');
  for (const item of listAt(domain.get('BasePath'))) mustBe(item, 'string');
  for (const name of ['AccessAssociation', 'MutualTlsAuthentication']) isMap(domain.get(name), 'expected a map');
  onlyOf(domain.get('MutualTlsAuthentication'), ['TruststoreUri', 'TruststoreVersion']);
  const route = domain.get('Route53');
  if (!isMap(route, 'expected HostedZoneId or HostedZoneName')) return;
  if (!route.get('HostedZoneId').exists && !route.get('HostedZoneName').exists)
    route.problem('DG1204', `${route.name} names no zone`, 'expected HostedZoneId or HostedZoneName');
  mustBe(route.get('SeparateRecordSetGroup'), 'boolean');
}
