import type { APIGatewayProxyEventV2WithJWTAuthorizer, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';

const say = (statusCode: number, body: object): APIGatewayProxyStructuredResultV2 => ({ statusCode, body: JSON.stringify(body) });

export async function create(event: APIGatewayProxyEventV2WithJWTAuthorizer): Promise<APIGatewayProxyStructuredResultV2> {
  const { item } = JSON.parse(event.body ?? '{}') as { item?: string };
  if (item === undefined) return say(400, { message: 'an order needs an item' });
  return say(201, { item, by: event.requestContext.authorizer.jwt.claims.sub, stage: process.env.STAGE });
}
