/**
 * Whether a request is one that every reader understands alike, so that it may share a connection with others: a plain method, a path, one
 * Host, and no fields about the connection but `close` and `keep-alive`. undici takes no others. `headers` is flat: name, value.
 */
export function isOrdinary(method: string, target: string, headers: readonly string[]): boolean {
  if (!(method === 'GET' || /^[A-Z][A-Z-]*$/.test(method)) || method === 'CONNECT' || !/^\/[\x21-\xff]*$/.test(target)) return false;
  let hosts = 0;
  for (let at = 0; at < headers.length; at += 2) {
    const name = headers[at] as string;
    if (name.length === 4 && name.toLowerCase() === 'host') hosts += 1;
    else if (name.length === 10 && name.toLowerCase() === 'connection' && !/^(?:close|keep-alive)$/i.test(headers[at + 1] as string)) return false;
    else if (name.length === 7 && /^(?:upgrade|trailer)$/i.test(name)) return false;
  }
  return hosts === 1;
}
