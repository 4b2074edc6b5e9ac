import type { Setting } from '../setting.ts';
import type { Uses } from './uses.ts';

const unused = 'nothing that is read here asks for it';
const forDeployment: Readonly<Record<string, string>> = {
  Outputs: 'tells people and other stacks about the stack',
  Metadata: 'describes the template for people and tools',
  Description: 'describes the template for people',
  AWSTemplateFormatVersion: 'says which language this is',
  Rules: 'is checked when the stack is made',
  Hooks: 'concerns the deployment',
};

/** What surrounds the resources: what something of the gateways asked for counts, the rest does nothing. */
export function settleFrame(root: Setting, uses: Uses, given: Readonly<Record<string, string>>): void {
  for (const [name, parameter] of root.get('Parameters').entries()) readParameter(name, parameter, uses.has('Parameters', name), given);
  for (const section of ['Conditions', 'Mappings'] as const) {
    for (const [first, ...rest] of uses) if (first === section) rest.reduce((at, key) => at.get(key), root.get(section)).settle();
    for (const [, one] of root.get(section).entries()) one.leftToOthers(unused);
  }
  root.get('Transform').settle();
  for (const name of root.keys())
    if (!['Resources', 'Globals', 'Parameters', 'Mappings', 'Conditions', 'Transform'].includes(name))
      root.get(name).ignored(forDeployment[name] ?? 'is no resource');
}

function readParameter(name: string, parameter: Setting, isUsed: boolean, given: Readonly<Record<string, string>>): void {
  const usual = parameter.get('Default');
  const type = parameter.get('Type');
  const value = given[name];
  if (isUsed) {
    if (value === undefined) usual.settle();
    if (value === undefined && usual.tree === undefined)
      parameter.warning(
        'DG1204',
        `the parameter ${name} has no value`,
        `give it by --var ${name}=VALUE; it stands as its own name until then, in conditions too`,
      );
    if (value === undefined && usual.exists && type.string()?.startsWith('AWS::SSM::Parameter::Value<') === true)
      parameter.warning(
        'DG1204',
        `the parameter ${name} is kept in the Parameter Store`,
        `give it by --var ${name}=VALUE; it stands as ssm:NAME until then`,
      );
    const allowed = parameter.get('AllowedValues');
    if (value !== undefined && allowed.exists && !allowed.strings().includes(value))
      allowed.problem('DG1203', `${name} is ${JSON.stringify(value)}`, `expected one of ${allowed.strings().join(', ')}`);
  }
  usual.leftToOthers(isUsed ? 'another value is given' : unused);
  for (const key of parameter.keys()) if (key !== 'Default') parameter.get(key).leftToOthers('says what may be given when the stack is made');
}
