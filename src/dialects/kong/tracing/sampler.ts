/** The probability sampler of Kong's tracer: by the first eight bytes of the trace id, the least first (kong.pdk.tracing). */
export function sampledByTraceId(traceId: string, rate: number): boolean {
  if (rate >= 1) return true;
  if (rate <= 0) return false;
  const bytes = Buffer.from(traceId.slice(0, 16), 'hex');
  return bytes.length === 8 && Number(bytes.readBigUInt64LE()) < rate * 2 ** 64;
}
