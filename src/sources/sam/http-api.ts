import type { ApiEvent, Plain, Sam, SamResource } from './model.ts';
import { membersOf, plainResource } from './model.ts';

/**
 * An HTTP API and all that SAM makes of it: `AWS::ApiGatewayV2::*` resources by logical id. `api`: written in the template, or the implied
 * `ServerlessHttpApi`; `events`: those of functions and state machines that name it.
 */
export function unfoldHttpApi(api: SamResource, _events: readonly ApiEvent[], _sam: Sam): Plain {
  return { [api.id]: plainResource(`AWS::Serverless::${api.kind}`, membersOf(api.properties), api) };
}
