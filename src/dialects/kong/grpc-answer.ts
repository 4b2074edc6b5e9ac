/** Statuses of gRPC for those of HTTP (kong.pdk.response); of the rest, 4xx counts as 400 and 5xx as 500. */
const statuses: Readonly<Record<number, number>> = {
  200: 0,
  400: 3,
  401: 16,
  403: 7,
  404: 5,
  409: 6,
  429: 8,
  499: 1,
  500: 13,
  501: 12,
  503: 14,
  504: 4,
};

export function grpcStatus(status: number): number {
  return statuses[status] ?? (status >= 500 ? 13 : status >= 400 ? 3 : 2);
}

export const isGrpc = (contentType: string | undefined): boolean => contentType?.startsWith('application/grpc') === true;
