import { arnOfFunction } from '../cloudformation/scope.ts';
import type { Setting } from '../setting.ts';
import type { Made } from '../tree.ts';
import { membersOf, plainResource, type Plain, type SamResource } from './model.ts';

/** Properties that only SAM has: what they make has no bearing on requests. */
const forDeployment = [
  'AssumeRolePolicyDocument',
  'AutoPublishAliasAllProperties',
  'AutoPublishCodeSha256',
  'DeploymentPreference',
  'EventInvokeConfig',
  'FunctionUrlConfig',
  'PermissionsBoundary',
  'Policies',
  'ProvisionedConcurrencyConfig',
  'RolePath',
  'PublishToLatestPublished',
  'PropagateTags',
  'VersionDescription',
  'VersionDeletionPolicy',
  'DeadLetterQueue',
  'FunctionScalingConfig',
] as const;

/** The name of the alias that a function is asked by. */
const aliasOf = ({ properties }: SamResource): string | undefined => properties.get('AutoPublishAlias').string();

/** The ARN by which events ask a function. */
export function functionArn(one: SamResource): string {
  const alias = aliasOf(one);
  return alias === undefined ? arnOfFunction(one.id) : `${arnOfFunction(one.id)}:${alias}`;
}

/** `AWS::Serverless::Function`: a function whose code lies beside the template, and its alias. */
export function unfoldFunction(one: SamResource): Plain {
  const { id, properties } = one;
  for (const name of forDeployment) properties.get(name).ignored('concerns deployment and permissions');
  const [uri, inline, image] = [properties.get('CodeUri'), properties.get('InlineCode'), properties.get('ImageUri')];
  const code = inline.exists ? { ZipFile: inline.tree } : image.exists ? { ImageUri: image.tree } : codeIn(uri);
  if (inline.exists) uri.ignored('InlineCode stands above it');
  const rest = membersOf(properties, [...forDeployment, 'CodeUri', 'InlineCode', 'ImageUri', 'Events', 'AutoPublishAlias']);
  const alias = aliasOf(one);
  return {
    [id]: plainResource('AWS::Lambda::Function', { ...rest, Code: code }, one),
    ...(alias === undefined ? {} : { [`${id}Alias${alias}`]: plainResource('AWS::Lambda::Alias', { FunctionName: id, Name: alias }, one) }),
  };
}

/** A path, or what is in a bucket. */
function codeIn(uri: Setting): Made {
  if (uri.kind !== 'map') return uri.tree;
  return { S3Bucket: uri.get('Bucket').tree, S3Key: uri.get('Key').tree, S3ObjectVersion: uri.get('Version').tree };
}
