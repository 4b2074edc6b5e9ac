import { namedObject, object } from './references.ts';
import { group, hostname, kind, namespace, objectName, options, port, sectionName } from './scalars.ts';
import { any, list, oneOf, shape, text, whole, type Refusal, type Schema } from './schema.ts';

const selector: Schema = shape({ matchLabels: any, matchExpressions: any });
const namespaces: Schema = shape({ from: oneOf('All', 'Selector', 'Same', 'None'), selector });

interface Listener {
  readonly name?: string;
  readonly protocol: string;
  readonly hostname?: string;
  readonly tls?: { readonly mode?: string };
}
const core = ['HTTP', 'HTTPS', 'TLS', 'TCP', 'UDP'];
function fits({ name, protocol, hostname: host, tls }: Listener): Refusal[] {
  // Unfinished ones stand in many texts about the API.
  const found: Refusal[] = name === undefined ? [{ what: 'it has no name', expected: 'a name of its own', harmless: true }] : [];
  if (tls !== undefined && protocol === 'HTTP')
    found.push({ at: ['tls'], what: 'the protocol is HTTP', expected: 'leave it out, or the protocol HTTPS' });
  if (tls?.mode === 'Passthrough' && protocol === 'HTTPS')
    found.push({ at: ['tls', 'mode'], what: 'the protocol is HTTPS', expected: 'the mode Terminate, or the protocol TLS' });
  if (host === '*') found.push({ at: ['hostname'], what: 'it is "*"', expected: 'leave it out for every host', harmless: true });
  const near = core.find((one) => one === protocol.toUpperCase());
  if (near !== undefined && near !== protocol)
    found.push({ at: ['protocol'], what: `it is ${JSON.stringify(protocol)}`, expected: near, harmless: true });
  if (protocol !== 'TCP' && protocol !== 'UDP') return found;
  const none: Refusal = { what: `the protocol is ${protocol}`, expected: 'leave it out', harmless: true };
  if (tls !== undefined) found.push({ ...none, at: ['tls'] });
  if (host !== undefined) found.push({ ...none, at: ['hostname'] });
  return found;
}

const listener = (port: Schema, required: readonly string[]): Schema =>
  shape(
    {
      name: sectionName,
      hostname: text({ ...hostname, pattern: new RegExp(`${hostname.pattern?.source ?? ''}|^\\*$`) }),
      port,
      protocol: text({ min: 1, max: 255, pattern: /^[a-zA-Z0-9](?:[-a-zA-Z0-9./]*[a-zA-Z0-9])?$/, expected: 'HTTP, HTTPS or TLS' }),
      tls: shape({
        mode: oneOf('Terminate', 'Passthrough'),
        certificateRefs: list(shape({ group, kind, name: objectName, namespace }, ['name']), { max: 64 }),
        frontendValidation: any,
        options,
      }),
      allowedRoutes: shape({ namespaces, kinds: list(shape({ group, kind }, ['kind']), { max: 8 }) }),
    },
    required,
    [fits],
  );
const listeners = (of: Schema): Schema => list(of, { max: 64, differIn: 'name' });

/** Source: the CRD of Gateway, both channels, with its validation rules. Two listeners with one host are a matter of conditions here. */
export const gateway: Schema = object(
  shape({
    gatewayClassName: objectName,
    listeners: listeners(listener(port, ['port', 'protocol'])),
    addresses: any,
    infrastructure: any,
    allowedListeners: shape({ namespaces }),
    tls: any,
    backendTLS: any,
    defaultScope: any,
  }),
);
/** Source: the CRD of ListenerSet, and of XListenerSet before it, whose listeners may leave their port to the implementation. */
export const listenerSet: Schema = object(
  shape({ parentRef: namedObject, listeners: listeners(listener(whole({ min: 0, max: 65_535 }), ['protocol'])) }, ['parentRef']),
);
