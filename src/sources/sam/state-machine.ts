import { membersOf, plainResource, type Plain, type SamResource } from './model.ts';

const forDeployment = ['PropagateTags', 'Policies', 'PermissionsBoundary', 'RolePath', 'DeploymentPreference'] as const;

/** `AWS::Serverless::StateMachine`: its executions run in production; what starts them through an API is a method of that. */
export function unfoldStateMachine(one: SamResource): Plain {
  const { id, properties } = one;
  for (const name of forDeployment) properties.get(name).ignored('concerns deployment and permissions');
  const rest = membersOf(properties, [...forDeployment, 'Events', 'AutoPublishAlias', 'UseAliasAsEventTarget']);
  return { [id]: plainResource('AWS::StepFunctions::StateMachine', rest, one) };
}
