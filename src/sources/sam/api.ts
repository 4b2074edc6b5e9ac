import { membersOf, plainResource, type ApiEvent, type Plain, type Sam, type SamResource } from './model.ts';

/** A REST API and all that SAM makes of it. `events`: those of functions and state machines that name it. */
export function unfoldApi(api: SamResource, _events: readonly ApiEvent[], _sam: Sam): Plain {
  return { [api.id]: plainResource(`AWS::Serverless::${api.kind}`, membersOf(api.properties), api) };
}
