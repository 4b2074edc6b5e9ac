import { parseCookies } from '../../http/cookies.ts';
import { editJson } from './json-secrets.ts';
import { isSecretName } from './secret-names.ts';
import { redactedSignature } from './stand-ins.ts';

/** What a secret becomes: the same text gives the same stand-in. */
export type StandIn = (secret: string) => string;

/** A JWT, wherever it stands; bounded, as are the names below, so that no text takes long. */
const jwt = /(?<![\w-])eyJ[\w-]{8,4000}\.eyJ[\w-]{2,40000}\.[\w-]*/g;

const xmlElement = /<([\w:.-]{1,200})((?:\s[^<>]*)?)>([^<]+)<\/\1>/g;
const multipartField = /(name="([^"\r\n]{1,200})"(?:\r?\n[^\r\n]+){0,20}\r?\n\r?\n)([^\r\n]+)/g;

/** Puts stand-ins in the place of the secrets that are found by their names, and of the signatures of tokens. What is around them stays byte for byte. */
export class Redactor {
  readonly #standIn: StandIn;
  readonly #secretField: (lowerName: string) => boolean;

  /** `isSecretField`: further header fields and query parameters, such as those that the configuration reads keys from. */
  constructor(standIn: StandIn, isSecretField: (lowerName: string) => boolean = () => false) {
    this.#standIn = standIn;
    this.#secretField = isSecretField;
  }

  fields(rawHeaders: readonly string[]): string[] {
    return rawHeaders.map((value, at) => (at % 2 === 0 ? value : this.#field((rawHeaders[at - 1] as string).toLowerCase(), value)));
  }

  target(target: string): string {
    const mark = target.indexOf('?');
    return mark < 0 ? this.#tokens(target) : `${this.#tokens(target.slice(0, mark))}?${this.#form(target.slice(mark + 1))}`;
  }

  /** A body that is text. */
  text(text: string, contentType: string, depth = 0): string {
    if (/x-www-form-urlencoded/i.test(contentType)) return this.#form(text);
    const inner = (value: string): string => (depth > 4 ? value : this.text(value, '', depth + 1));
    let out = editJson(text, { secret: (value) => this.#value(value), inner });
    if (out.includes('</')) {
      out = out.replaceAll(xmlElement, (whole: string, name: string, attributes: string, value: string) =>
        isSecretName(name) ? `<${name}${attributes}>${this.#value(value)}</${name}>` : whole,
      );
    }
    if (/multipart\//i.test(contentType)) {
      out = out.replaceAll(multipartField, (whole: string, head: string, name: string, value: string) =>
        isSecretName(name) ? head + this.#value(value) : whole,
      );
    }
    return this.#tokens(out);
  }

  #field(name: string, value: string): string {
    if (name === 'cookie')
      return parseCookies([value])
        .map(([key, secret]) => `${key}=${this.#value(secret)}`)
        .join('; ');
    if (name === 'set-cookie') return value.replace(/^([^=;]*=)([^;]*)/, (_, key: string, secret: string) => key + this.#value(secret));
    if (name === 'authorization' || name === 'proxy-authorization') return this.#credentials(value);
    if (name === 'www-authenticate' || name === 'proxy-authenticate') return value;
    if (isSecretName(name) || this.#secretField(name)) return this.#value(value);
    // Location, Link and Referer hold whole URLs.
    return this.#tokens(
      value.replaceAll(/([?&#;])([^=&#;\s"<>]{1,200})=([^&#;\s"<>]*)/g, (whole: string, sign: string, key: string, secret: string) =>
        this.#isSecretParameter(key) ? `${sign}${key}=${this.#value(secret)}` : whole,
      ),
    );
  }

  /** The scheme stays, what is behind it goes. */
  #credentials(value: string): string {
    const [, scheme = '', rest = ''] = /^(\S+\s+)?(.*)$/s.exec(value) ?? [];
    if (/^basic\s/i.test(scheme)) {
      const [, password = ''] = /^[^:]*:(.*)$/s.exec(Buffer.from(rest, 'base64').toString('utf8')) ?? [];
      if (password !== '') this.#standIn(password);
    }
    return scheme + this.#value(rest);
  }

  #form(text: string): string {
    // A code is a secret where it is one of OAuth's, and elsewhere says what went wrong.
    const oauth = /(?:^|&)(?:grant_type|state|redirect_uri)=/.test(text);
    return text
      .split('&')
      .map((pair) => {
        const equals = pair.indexOf('=');
        const name = equals < 0 ? pair : pair.slice(0, equals);
        if (equals < 0 || !(this.#isSecretParameter(name) || (oauth && name === 'code'))) return this.#tokens(pair);
        return `${name}=${this.#value(decoded(pair.slice(equals + 1)))}`;
      })
      .join('&');
  }

  #isSecretParameter(name: string): boolean {
    const plain = decoded(name);
    return isSecretName(plain) || this.#secretField(plain.toLowerCase());
  }

  /** A token keeps its claims; anything else goes whole. */
  #value(secret: string): string {
    if (secret === '') return '';
    const tokens = this.#tokens(secret);
    return tokens === secret && !secret.endsWith(`.${redactedSignature}`) ? this.#standIn(secret) : tokens;
  }

  #tokens(text: string): string {
    return text.includes('eyJ') ? text.replaceAll(jwt, (token) => `${token.slice(0, token.lastIndexOf('.') + 1)}${redactedSignature}`) : text;
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}
