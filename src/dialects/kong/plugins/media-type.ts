export interface MediaType {
  readonly type: string;
  readonly subtype: string;
  readonly parameters: ReadonlyMap<string, string>;
}

const token = "[!#$%&'*+\\-.^_`|~\\dA-Za-z]+";
const whole = new RegExp(
  `^(?:\\*|(${token})/(${token}))((?:[ \\t]*;[ \\t]*${token}=(?:${token}|"(?:\\\\[\\x00-\\x7f]|[^"\\\\\\x00-\\x1f\\x7f])*"))*)$`,
);
const parameter = new RegExp(`;[ \\t]*(${token})=(?:(${token})|"((?:\\\\[\\x00-\\x7f]|[^"\\\\\\x00-\\x1f\\x7f])*)")`, 'g');

/** As Kong parses media types (kong.tools.mime_type): nothing is put in lower case, and what is not one to the end is none. */
export function parseMediaType(text: string): MediaType | undefined {
  const match = whole.exec(text);
  if (match === null) return undefined;
  const [, type = '*', subtype = '*', rest = ''] = match;
  return {
    type,
    subtype,
    parameters: new Map([...rest.matchAll(parameter)].map(([, name, plain, quoted]) => [name as string, plain ?? quoted ?? ''])),
  };
}

/** Whether a media type is what was expected: `*` stands for any type or subtype, parameters must be the same. */
export function mediaTypeMatches(expected: MediaType, found: MediaType | undefined): boolean {
  const parameters = found?.parameters ?? new Map<string, string>();
  return (
    (expected.type === '*' || expected.type === found?.type) &&
    (expected.subtype === '*' || expected.subtype === found?.subtype) &&
    expected.parameters.size === parameters.size &&
    [...expected.parameters].every(([name, value]) => parameters.get(name) === value)
  );
}
