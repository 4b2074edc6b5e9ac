import type { Resource } from '../../sources/cloudformation/template.ts';
import type { Setting } from '../../sources/setting.ts';

export const domainType: RegExp = /^AWS::ApiGateway(?:V2)?::DomainName(?:V2)?$/;

/** The resource that makes a domain, for a mapping that names it by its logical id, its name or its ARN. */
export function domainResource(named: string, resources: readonly Resource[]): Resource | undefined {
  const name = nameIn(named);
  return resources.find(
    ({ id, type, properties }) => domainType.test(type) && (id === named || properties.get('DomainName').string()?.toLowerCase() === name),
  );
}

/** The host that a mapping stands on; undefined where it names none. */
export function hostOf(setting: Setting, resources: readonly Resource[]): string | undefined {
  const named = setting.string();
  if (named === undefined) return undefined;
  const host = domainResource(named, resources)?.properties.get('DomainName').string()?.toLowerCase() ?? nameIn(named);
  return /^(?:\*\.)?[\w-]+(?:\.[\w-]+)+$/.test(host) ? host : undefined;
}

/** `arn:aws:apigateway:us-east-1:1:/domainnames/api.example.com+id` names api.example.com. */
const nameIn = (named: string): string => (/\/domainnames\/([^/+]+)/.exec(named)?.[1] ?? named).toLowerCase();
