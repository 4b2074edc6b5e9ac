import type { Source } from '../../sources/source.ts';

/** An OpenAPI document with extensions of API Gateway. */
export const isApiDocument = ({ text }: Source): boolean =>
  /(?:^|[{,\s])["']?(?:openapi|swagger)["']?\s*:/.test(text) && text.includes('x-amazon-apigateway-');

const key = (names: string): RegExp => new RegExp(`(?:^|[{,\\s])["']?(?:${names})["']?\\s*:`);
const ofRestApis = key(
  'swagger|requestTemplates|passthroughBehavior|x-amazon-apigateway-(?:request-validators?|gateway-responses|binary-media-types|api-key-source|policy)',
);
const ofHttpApis = key('x-amazon-apigateway-cors|x-amazon-apigateway-importexport-version|enableSimpleResponses|isDefaultRoute');
/** They stand in documents of REST APIs too, where the first does nothing. */
const likelyHttpApis = key('payloadFormatVersion|jwtConfiguration');

/** Whether a document is of an HTTP API: OpenAPI 3 with an extension that only HTTP APIs have. */
export const isHttpApiDocument = (source: Source): boolean =>
  isApiDocument(source) &&
  !key('swagger').test(source.text) &&
  (ofHttpApis.test(source.text) || (likelyHttpApis.test(source.text) && !ofRestApis.test(source.text)));
