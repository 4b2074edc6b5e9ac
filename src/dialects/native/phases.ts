/** The order of a route's steps, whatever their order in the file: who may ask comes before how often, and that before what is changed. */
export const requestOrder = [
  'native/cors-preflight',
  'jwt',
  'api-key',
  'basic',
  'scopes',
  'rate-limit',
  'native/body-limit',
  'native/reply',
  'native/rewrite',
  'native/query',
  'native/request-headers',
  'native/request-case',
  'native/forward',
] as const;

export const headOrder = ['native/response-headers', 'rate-limit-fields', 'native/cors-fields'] as const;
