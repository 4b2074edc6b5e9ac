// What a function behind `integration: lambda` gets. The members are those of the framework's own templates, lib/method/integration.js
// beside the events of API Gateway.

/** `{ "name": "text", ... }` of a map, each value as a text. */
const texts = `#define($texts){#foreach($name in $map.keySet())"$util.escapeJavaScript($name)":"$util.escapeJavaScript($map.get($name)).replaceAll("\\\\'","'")"#if($foreach.hasNext),#end#end}#end`;

const maps = {
  enhancedAuthContext: '$context.authorizer',
  headers: '$input.params().header',
  query: '$input.params().querystring',
  path: '$input.params().path',
  identity: '$context.identity',
  stageVariables: '$stageVariables',
};

/** `cognito:groups` is given by what stands behind its colon. */
const claimOf = (claim: string): string =>
  claim.includes(':')
    ? `"${claim.slice(claim.indexOf(':') + 1)}":"$context.authorizer.claims['${claim}']"`
    : `"${claim}":"$context.authorizer.claims.${claim}"`;

const event = (body: string, claims: readonly string[]): string => `${texts}
{"body":${body},
"method":"$context.httpMethod",
"principalId":"$context.authorizer.principalId",
"stage":"$context.stage",
"cognitoPoolClaims":{${[...claims, 'sub'].map(claimOf).join(',')}},
${Object.entries(maps)
  .map(([name, map]) => `#set($map=${map})"${name}":$texts`)
  .join(',\n')},
"requestPath":"$context.resourcePath"}`;

/** A form as a map of texts. */
const form = `#define($form){#foreach($field in $input.path('$').split('&'))#set($pair=$field.split('='))#if($pair.size()>=1)#set($value='')#if($pair.size()>=2)#set($value=$util.escapeJavaScript($util.urlDecode($pair[1])).replaceAll("\\\\'","'"))#end"$util.escapeJavaScript($util.urlDecode($pair[0]))":"$value"#if($foreach.hasNext),#end#end#end}#end
`;

/** By media type. `claims`: those of a user that the event carries. */
export const lambdaTemplates = (claims: readonly string[]): Record<string, string> => ({
  'application/json': event('$input.json("$")', claims),
  'application/x-www-form-urlencoded': `${form}${event('$form', claims)}`,
});

/** Which status a function's error means, where the configuration does not say. Source: lib/validate.js. */
export const usualStatuses: Readonly<Record<string, string>> = {
  200: '',
  ...Object.fromEntries(['400', '401', '403', '404', '422', '502'].map((status) => [status, String.raw`[\s\S]*\[${status}\][\s\S]*`])),
  500: String.raw`[\s\S]*(Process\s?exited\s?before\s?completing\s?request|\[500\])[\s\S]*`,
  504: String.raw`([\s\S]*\[504\][\s\S]*)|(.*Task timed out after \d+\.\d+ seconds$)`,
};
