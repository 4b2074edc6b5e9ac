import type { Setting } from '../setting.ts';
import type { Made } from '../tree.ts';
import { inText, textOf } from './service.ts';
import type { Backend } from './service-proxies.ts';

// What serverless-apigateway-service-proxy makes of each kind. Source: its lib/package/*/compileMethodsTo*.js.

const exact = { 200: '200', 400: '400', 500: '500' };
const classes = { 200: String.raw`2\d{2}`, 400: String.raw`4\d{2}`, 500: String.raw`5\d{2}` };
const form = { 'integration.request.header.Content-Type': "'application/x-www-form-urlencoded'" };
const uriOf = (service: string, values: Record<string, Made> = {}): Made => ({
  'Fn::Sub': [`arn:\${AWS::Partition}:apigateway:\${AWS::Region}:${service}`, values],
});
const joined = (...parts: Made[]): Made => ({ 'Fn::Join': ['', parts] });

/** A text, or the part of a request that a map names. */
function valueOf(setting: Setting, otherwise: string): Made {
  if (!setting.exists) return otherwise;
  const [path, query, body] = [setting.get('pathParam'), setting.get('queryStringParam'), setting.get('bodyParam')].map((one) => textOf(one));
  if (path !== undefined) return `$input.params().path.${path}`;
  if (query !== undefined) return `$input.params().querystring.${query}`;
  if (body !== undefined) return `$util.parseJson($input.body).${body}`;
  return inText(setting);
}

function sqs(at: Setting): Backend {
  const uri = uriOf('sqs:path//${AWS::AccountId}/${queueName}', { queueName: inText(at.get('queueName')) });
  if (at.get('request').get('template').keys().length > 0) return { uri, passthrough: 'NEVER', parameters: form, statuses: exact };
  const parameters = {
    'integration.request.querystring.Action': "'SendMessage'",
    'integration.request.querystring.MessageBody': 'method.request.body',
  };
  return { uri, parameters, template: '{statusCode:200}', statuses: exact };
}

const sns = (at: Setting): Backend => ({
  uri: uriOf('sns:path//'),
  passthrough: 'NEVER',
  parameters: form,
  template: joined(
    "Action=Publish&Message=$util.urlEncode($input.body)&TopicArn=$util.urlEncode('",
    { 'Fn::Sub': ['arn:${AWS::Partition}:sns:${AWS::Region}:${AWS::AccountId}:${topicName}', { topicName: inText(at.get('topicName')) }] },
    "')",
  ),
  statuses: exact,
});

function kinesis(at: Setting): Backend {
  const several = textOf(at.get('action')) === 'PutRecords';
  const record = several
    ? `"Records":[#foreach($one in $input.path('$.records')){"Data":"$util.base64Encode($one.data)","PartitionKey":"$one.partition-key"}#if($foreach.hasNext),#end#end]}`
    : joined('"Data":"$util.base64Encode($input.body)","PartitionKey":"', valueOf(at.get('partitionKey'), '$context.requestId'), '"}');
  return {
    uri: uriOf(`kinesis:action/${several ? 'PutRecords' : 'PutRecord'}`),
    passthrough: 'NEVER',
    parameters: {},
    template: joined('{"StreamName":"', inText(at.get('streamName')), '",', record),
    statuses: exact,
  };
}

const eventbridge = (at: Setting): Backend => ({
  uri: uriOf('events:action/PutEvents'),
  passthrough: 'NEVER',
  parameters: {
    'integration.request.header.X-Amz-Target': "'AWSEvents.PutEvents'",
    'integration.request.header.Content-Type': "'application/x-amz-json-1.1'",
  },
  template: joined(
    '{"Entries":[{"Detail":"$util.escapeJavaScript(',
    at.get('detail').exists ? valueOf(at.get('detail'), '') : '$input.body',
    ')","DetailType":"',
    valueOf(at.get('detailType'), '$context.requestId'),
    '","EventBusName":"',
    inText(at.get('eventBusName')) ?? '',
    '","Source":"',
    valueOf(at.get('source'), ''),
    '"}]}',
  ),
  statuses: exact,
});

const ofObject: Readonly<Record<string, Pick<Backend, 'parameters' | 'responseParameters'> & { readonly method: string }>> = {
  GetObject: { method: 'GET', parameters: {}, responseParameters: fieldsOf('Content-Type') },
  PutObject: {
    method: 'PUT',
    parameters: {
      'integration.request.header.x-amz-acl': "'authenticated-read'",
      'integration.request.header.Content-Type': 'method.request.header.Content-Type',
    },
    responseParameters: fieldsOf('Content-Type', 'Content-Length'),
  },
  DeleteObject: { method: 'DELETE', parameters: {}, responseParameters: fieldsOf('Content-Type', 'Date') },
};

function fieldsOf(...names: string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [`method.response.header.${name}`, `integration.response.header.${name}`]));
}

function s3(at: Setting): Backend {
  const action = at.get('action').oneOf('GetObject', 'PutObject', 'DeleteObject') ?? 'GetObject';
  const { parameters, ...one } = ofObject[action] as (typeof ofObject)[string];
  const [key, prefix] = [at.get('key'), textOf(at.get('objectPrefix'))];
  const [path, query] = [textOf(key.get('pathParam')), textOf(key.get('queryStringParam'))];
  const object =
    path !== undefined
      ? `method.request.path.${path}`
      : query !== undefined
        ? `method.request.querystring.${query}`
        : joined("'", inText(key) ?? '', "'");
  const override = textOf(at.get('pathOverride'));
  return {
    ...one,
    uri: uriOf(`s3:path/${override ?? (prefix === undefined ? '{bucket}/{object}' : '{bucket}/{objectPrefix}/{object}')}`),
    passthrough: 'WHEN_NO_MATCH',
    parameters: {
      ...parameters,
      'integration.request.path.bucket': joined("'", inText(at.get('bucket')) ?? '', "'"),
      ...(prefix === undefined ? {} : { 'integration.request.path.objectPrefix': `'${prefix}'` }),
      ...(key.exists ? { 'integration.request.path.object': object } : {}),
    },
    statuses: classes,
  };
}

/** `"id":{"S":"value"}` of a key of a table. */
function keyOf(setting: Setting): Made[] {
  if (!setting.exists) return [];
  const name = textOf(setting.get('pathParam')) ?? textOf(setting.get('queryStringParam')) ?? '';
  return [joined(`"${name}":{"${textOf(setting.get('attributeType')) ?? 'S'}":"`, valueOf(setting, ''), '"}')];
}

function dynamodb(at: Setting): Backend {
  const action = at.get('action').oneOf('PutItem', 'GetItem', 'DeleteItem', 'Scan', 'Query') ?? 'GetItem';
  const keys = [...keyOf(at.get('hashKey')), ...keyOf(at.get('rangeKey'))];
  const listed = keys.flatMap((key, index) => (index === 0 ? [key] : [',', key]));
  const condition = textOf(at.get('condition'));
  const also = condition === undefined ? '' : `,"ConditionExpression":"${condition}"`;
  const [column, index] = [textOf(at.get('columnName')) ?? '', textOf(at.get('index')) ?? ''];
  const item = `#set($body=$util.parseJson($input.body))#foreach($key in $body.keySet())#set($item=$body.get($key))#foreach($type in $item.keySet())"$key":{"$type":"$item.get($type)"}#if($foreach.hasNext),#end#end#if($foreach.hasNext),#end#end`;
  const rest: Readonly<Record<string, Made>> = {
    GetItem: joined(',"Key":{', ...listed, '}}'),
    DeleteItem: joined(',"Key":{', ...listed, `}${also}}`),
    PutItem: joined(',"Item":{', ...listed, keys.length > 0 ? ',' : '', item, `}${also}}`),
    Scan: '}',
    Query: `,"IndexName":"${index}","KeyConditionExpression":"${column}=:v1","ExpressionAttributeValues":{":v1":{"S":"$input.params('parameter')"}}}`,
  };
  const read = `#set($item=$input.path('$.Item')){#foreach($key in $item.keySet())#set($value=$item.get($key))#foreach($type in $value.keySet())"$key":"$value.get($type)"#if($foreach.hasNext),#end#end#if($foreach.hasNext),#end#end}`;
  return {
    uri: uriOf(`dynamodb:action/${action}`),
    passthrough: 'NEVER',
    parameters: {},
    template: joined('{"TableName":"', inText(at.get('tableName')) ?? '', '"', rest[action]),
    statuses: classes,
    ...(action === 'GetItem' ? { responseTemplate: read } : {}),
  };
}

export const backends: Readonly<Record<string, (at: Setting) => Backend>> = { sqs, sns, kinesis, eventbridge, s3, dynamodb };
