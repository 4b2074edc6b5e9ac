import type { StepKind } from '../../engine/kit.ts';
import type { Fields } from '../../http/fields.ts';
import { formatQuery, parseQuery } from '../../http/query.ts';
import { compileRegex } from '../../matching/regex.ts';
import { compileTemplate } from './template.ts';

/** Values are templates. Order: remove, rename, set, add. */
export interface Edits {
  readonly remove: readonly string[];
  readonly rename: readonly (readonly [string, string])[];
  readonly set: readonly (readonly [string, string])[];
  readonly add: readonly (readonly [string, string])[];
}

const compilePairs = (pairs: Edits['set']) => pairs.map(([name, value]) => ({ name, value: compileTemplate(value) }));
/** A field value is one line: what would end it is taken out. */
const oneLine = (value: string): string => (/[\r\n\0]/.test(value) ? value.replaceAll(/[\r\n\0]/g, '') : value);

function headerEditor(edits: Edits): (fields: Fields, exchange: Parameters<ReturnType<typeof compileTemplate>>[0]) => void {
  const [set, add] = [compilePairs(edits.set), compilePairs(edits.add)];
  return (fields, exchange) => {
    for (const name of edits.remove) fields.remove(name);
    for (const [from, to] of edits.rename) {
      const values = fields.getAll(from);
      if (values.length === 0) continue;
      fields.remove(from);
      for (const value of values) fields.append(to, value);
    }
    for (const { name, value } of set) fields.set(name, oneLine(value(exchange)));
    for (const { name, value } of add) fields.append(name, oneLine(value(exchange)));
  };
}

export const requestHeadersStep: StepKind<Edits> = {
  kind: 'native/request-headers',
  create(edits) {
    const edit = headerEditor(edits);
    return (exchange) => {
      edit(exchange.outgoing.headers, exchange);
      return undefined;
    };
  },
};

export const responseHeadersStep: StepKind<Edits> = {
  kind: 'native/response-headers',
  create(edits) {
    const edit = headerEditor(edits);
    return (exchange) => {
      if (exchange.response !== null) edit(exchange.response.headers, exchange);
      return undefined;
    };
  },
};

export const queryStep: StepKind<Edits> = {
  kind: 'native/query',
  create(edits) {
    const [set, add] = [compilePairs(edits.set), compilePairs(edits.add)];
    return (exchange) => {
      let pairs = parseQuery(exchange.query).filter(([name]) => !edits.remove.includes(name));
      for (const [from, to] of edits.rename) pairs = pairs.map(([name, value]) => [name === from ? to : name, value]);
      for (const { name, value } of set) pairs = [...pairs.filter(([key]) => key !== name), [name, value(exchange)]];
      for (const { name, value } of add) pairs.push([name, value(exchange)]);
      exchange.query = formatQuery(pairs);
      return undefined;
    };
  },
};

export interface Rewrite {
  readonly stripPrefix: string;
  readonly addPrefix: string;
  /** A template in the place of the whole path; empty: none. */
  readonly path: string;
  /** Replaces what matches; empty: none. `$1` in the replacement is a group. */
  readonly regex: string;
  readonly replacement: string;
}

export const rewriteStep: StepKind<Rewrite> = {
  kind: 'native/rewrite',
  create({ stripPrefix, addPrefix, path, regex, replacement }) {
    const whole = path === '' ? null : compileTemplate(path);
    const pattern = regex === '' ? null : compileRegex(regex);
    const strip = stripPrefix.endsWith('/') ? stripPrefix.slice(0, -1) : stripPrefix;
    return (exchange) => {
      let to = exchange.path;
      if (whole !== null) to = encodeURI(whole(exchange));
      if (strip !== '' && (to === strip || to.startsWith(`${strip}/`))) to = to.slice(strip.length);
      if (pattern !== null && to.length <= 4_096) to = to.replace(pattern, replacement);
      to = `${addPrefix.endsWith('/') ? addPrefix.slice(0, -1) : addPrefix}${to.startsWith('/') || to === '' ? to : `/${to}`}`;
      exchange.path = to === '' ? '/' : to;
      return undefined;
    };
  },
};
