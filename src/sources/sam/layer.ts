import { membersOf, plainResource, type Plain, type SamResource } from './model.ts';

/** `AWS::Serverless::LayerVersion`: a layer whose content lies beside the template. */
export function unfoldLayer(one: SamResource): Plain {
  one.properties.get('RetentionPolicy').ignored('concerns the deployment');
  const rest = membersOf(one.properties, ['ContentUri', 'RetentionPolicy']);
  return { [one.id]: plainResource('AWS::Lambda::LayerVersion', { ...rest, Content: one.properties.get('ContentUri').tree }, one) };
}
