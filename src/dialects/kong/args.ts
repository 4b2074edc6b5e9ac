/** One value of a query or a form; `true`: a name without a sign of equality. Texts are bytes, as latin1 characters. */
export type ArgValue = string | true;
/** As OpenResty keeps them: what comes more than once is a list. */
export type Args = Map<string, ArgValue | readonly ArgValue[]>;

/** What OpenResty reads of them by default; Kong does not raise it. */
const most = 100;

/** Reads a query or a form (ngx.req.get_uri_args, ngx.decode_args). What has no name is left out, and so is what comes after a hundred. */
export function decodeArgs(text: string): Args {
  const args: Args = new Map();
  let count = 0;
  for (const part of text.split('&')) {
    const at = part.indexOf('=');
    const name = unescape(at < 0 ? part : part.slice(0, at));
    if (name === '') continue;
    const value: ArgValue = at < 0 ? true : unescape(part.slice(at + 1));
    const before = args.get(name);
    args.set(name, before === undefined ? value : [before, value].flat());
    count += 1;
    if (count === most) break;
  }
  return args;
}

const unescape = (text: string): string =>
  text.replaceAll('+', ' ').replaceAll(/%([\da-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));

const escape = (text: string): string =>
  text.replaceAll(/[^\w\-.~!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`);

const encodeOne = (name: string, value: ArgValue | readonly ArgValue[]): string =>
  [value]
    .flat()
    .map((one) => (one === true ? escape(name) : `${escape(name)}=${escape(one as string)}`))
    .join('&');

/** ngx.encode_args, in the order of the arguments, where OpenResty has that of a Lua table, which is none. */
export const encodeArgs = (args: Args): string => [...args].map(([name, value]) => encodeOne(name, value)).join('&');

/** As `kong.service.request.set_query` writes them: sorted by their bytes once they are encoded. */
export const encodeSorted = (args: Args): string =>
  [...args]
    .map(([name, value]) => encodeOne(name, value))
    .sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
    .join('&');
