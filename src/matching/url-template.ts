/** Parts of a name such as `shop/orders:8080`. */
const parts = /^(?<namespace>[^/:]+)\/(?<service>[^/:]+)(?::[^/:]+)?$/;
const placeholder = /\{([^{}]*)\}/g;
const known: ReadonlySet<string> = new Set(['port', 'namespace', 'service']);

/** What is wrong with a URL that stands for `name`, which may be a pattern; undefined where nothing is. Every placeholder can be filled for whatever the name stands for. */
export function problemOfTemplate(name: string, url: string): string | undefined {
  const asked = [...url.matchAll(placeholder)].map(([, one]) => one as string);
  const strange = asked.find((one) => !known.has(one));
  if (strange !== undefined) return `{${strange}} is no placeholder: expected {port}, {service} or {namespace}`;
  const part = asked.find((one) => one !== 'port');
  if (part !== undefined && !parts.test(name)) return `{${part}} cannot be filled: ${name} does not say it, as '*/*' and 'shop/*' do`;
  if (url.startsWith('unix:') || url.startsWith('echo:')) return undefined;
  const filled = url.replaceAll(placeholder, '1');
  const authority = /^[\w+.-]+:\/\/([^/?#]*)/.exec(filled)?.[1] ?? '';
  return !URL.parse(filled)?.hostname || /[{}]/.test(authority) ? `${url} is no URL` : undefined;
}

/** The same of what people write where a URL of one of the `forms` may stand: words that follow what they wrote, none where it is in no form. */
export function problemOfTarget(name: string, text: string, forms: RegExp): string | undefined {
  if (!forms.test(text)) return '';
  const problem = problemOfTemplate(name, text);
  return problem === undefined ? undefined : `: ${problem}`;
}

/** `names`: every way in which a configuration writes an upstream; `production`: its own address, which has the port where no name has it. */
export function fillTemplate(template: string, names: readonly string[], production: string): string {
  if (!template.includes('{')) return template;
  const { namespace = '', service = '' } = names.map((name) => parts.exec(name)?.groups).find((one) => one !== undefined) ?? {};
  const values: Readonly<Record<string, () => string>> = {
    port: () => names.map((name) => /:(\d+)$/.exec(name)?.[1]).find((one) => one !== undefined) ?? portOf(production),
    namespace: () => namespace,
    service: () => service,
  };
  return template.replaceAll(placeholder, (whole, one: string) => values[one]?.() ?? whole);
}

function portOf(production: string): string {
  const { port = '', protocol = '' } = URL.parse(production) ?? {};
  return port || (protocol === 'https:' ? '443' : '80');
}
