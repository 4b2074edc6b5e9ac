/** Whether no body follows an answer, whatever its fields say (RFC 9110 section 6.4.1). Those of status 1xx are no answers yet. */
export const isBodiless = (method: string, status: number): boolean => method === 'HEAD' || status === 204 || status === 304;
