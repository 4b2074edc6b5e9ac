import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { ListenerTls } from '../../../model/gateway.ts';
import type { Setting } from '../../../sources/setting.ts';
import { Directory } from './directory.ts';
import { judge, sniFault } from './formats.ts';
import { ignoreBookkeeping, reference } from './shared.ts';

export interface KongCertificate {
  readonly id: string;
  readonly certificate: string;
  readonly key: string;
  readonly setting: Setting;
}
interface Sni {
  readonly id: string;
  readonly name: string;
  readonly setting: Setting;
}

/** The certificates that clients are shown, by server name; the one for `*` first, which stands for all others. */
export function readCertificates(roots: readonly Setting[]): ListenerTls['certificates'] {
  const all = (key: string): Setting[] => roots.flatMap((root) => root.get(key).items()).map((one) => one.as('kong/certificate'));
  const certificates = new Directory<KongCertificate>('certificate', () => ({}));
  const snis = new Directory<Sni>('server name', ({ name }) => ({ name }));
  const names = new Map<string, string[]>();
  const addSni = (setting: Setting, certificate: KongCertificate | undefined): void => {
    const name = setting.kind === 'map' ? (setting.get('name').string() ?? '') : (setting.string() ?? '');
    if (setting.kind === 'map') ignoreBookkeeping(setting, { id: 'a server name is told apart by itself' });
    if (name === '') return setting.problem('DG1204', `${setting.name} has no name`, 'expected a host name, or * for all others');
    if (name !== '*') judge(setting.kind === 'map' ? setting.get('name') : setting, name, sniFault);
    snis.add({ id: `sni ${name}`, name, setting });
    if (certificate !== undefined) names.set(certificate.id, [...(names.get(certificate.id) ?? []), name]);
    return undefined;
  };
  for (const setting of all('certificates')) {
    const certificate = certificates.add(readCertificate(setting, certificates.all.length));
    for (const one of setting.get('snis').items()) addSni(one, certificate);
  }
  for (const setting of all('snis')) {
    const of = setting.get('certificate');
    if (!of.exists) setting.problem('DG1204', `${setting.name} has no certificate`, 'expected the id of one');
    addSni(setting, certificates.refer(reference(of), of));
  }
  for (const one of all('ca_certificates')) ignoreBookkeeping(one);
  return certificates.all
    .flatMap(({ id, certificate, key }) => (names.has(id) && certificate !== '' ? [{ names: names.get(id) as string[], certificate, key }] : []))
    .sort((a, b) => Number(b.names.includes('*')) - Number(a.names.includes('*')));
}

function readCertificate(setting: Setting, index: number): KongCertificate {
  ignoreBookkeeping(setting, {
    cert_alt: 'one certificate is shown to every client',
    key_alt: 'one certificate is shown to every client',
    passphrase: 'keys with a passphrase are not read',
  });
  const id = setting.get('id').string() ?? `certificate ${index}`;
  const [certificate, key] = [pem(setting, 'cert', (text) => new X509Certificate(text)), pem(setting, 'key', (text) => createPrivateKey(text))];
  if (certificate === undefined || key === undefined) return { id, certificate: '', key: '', setting };
  if (!certificate.made.checkPrivateKey(key.made))
    setting.problem('DG1403', `the certificate and the key of ${setting.name} do not belong together`, 'expected the key of that certificate');
  return { id, certificate: certificate.text, key: key.text, setting };
}

/** A reference that could not be resolved was told already: a certificate of this machine is shown in its place. */
function pem<T>(setting: Setting, name: string, make: (text: string) => T): { readonly text: string; readonly made: T } | undefined {
  const found = setting.get(name);
  const text = found.string();
  if (text === undefined) return setting.problem('DG1204', `${setting.name} has no ${name}`, 'expected PEM');
  if (text.startsWith('{vault://') || /^DECK_\w+\s*$/.test(text)) return undefined;
  try {
    return { text, made: make(text) };
  } catch {
    return found.problem('DG1403', `${found.name} cannot be used`, 'expected PEM');
  }
}
