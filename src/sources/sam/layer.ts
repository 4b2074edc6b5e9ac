import { membersOf, plainResource, type Plain, type SamResource } from './model.ts';

/** `AWS::Serverless::LayerVersion`: a layer whose content lies beside the template. */
export function unfoldLayer(one: SamResource): Plain {
  const { id, properties } = one;
  for (const name of ['RetentionPolicy', 'PublishLambdaVersion']) properties.get(name).ignored('concerns the deployment');
  const rest = membersOf(properties, ['RetentionPolicy', 'PublishLambdaVersion', 'ContentUri']);
  return { [id]: plainResource('AWS::Lambda::LayerVersion', { ...rest, Content: properties.get('ContentUri').tree }, one) };
}
