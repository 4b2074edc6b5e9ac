import type { IncomingMessage, ServerResponse } from 'node:http';

/** The upstream `echo:` answers with what it got: method, target, fields as pairs in their order, and body (base64 where it is no UTF-8). */
export function echo(req: IncomingMessage, res: ServerResponse): void {
  const chunks: Buffer[] = [];
  req.on('data', (chunk: Buffer) => chunks.push(chunk));
  req.on('end', () => {
    const bytes = Buffer.concat(chunks);
    const headers: [string, string][] = [];
    for (let at = 0; at < req.rawHeaders.length; at += 2) headers.push([req.rawHeaders[at] as string, req.rawHeaders[at + 1] as string]);
    const text = bytes.toString('utf8');
    const body = Buffer.from(text).equals(bytes) ? { body: text } : { bodyBase64: bytes.toString('base64') };
    res.writeHead(200, { 'content-type': 'application/json' });
    res.end(JSON.stringify({ method: req.method, target: req.url, headers, ...body }));
  });
}
