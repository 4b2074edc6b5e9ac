import type { Source } from '../source.ts';
import { located, treeOf, type Scalar, type Tree } from '../tree.ts';
import { originOf } from './beside.ts';
import { member, resolve, textOf } from './functions.ts';
import { holdingsOf } from './holdings.ts';
import { scopeOf } from './scope.ts';
import type { TemplateInput } from './template.ts';

/** What other templates export, by name (`Fn::ImportValue`). They are looked at when the first name is asked for. */
export function exportsOf(others: readonly Source[], { parameters }: Pick<TemplateInput, 'parameters'>): (name: string) => Tree | Scalar | undefined {
  let found: Map<string, Tree> | undefined;
  return (name) => (found ??= new Map(others.filter((one) => holdingsOf(one) !== undefined).flatMap((one) => exportsIn(one, parameters)))).get(name);
}

function exportsIn(source: Source, given: Readonly<Record<string, string>>): (readonly [string, Tree])[] {
  const template = located(source.trees()[0] ?? treeOf({}), originOf(source.name));
  const scope = scopeOf({ template, given, include: () => undefined, untaken: () => undefined });
  const outputs = member(template, 'Outputs');
  return (outputs?.kind === 'map' ? [...outputs.entries.values()] : []).flatMap(({ value }) => {
    const name = textOf(member(member(value, 'Export'), 'Name'), scope);
    const exported = member(value, 'Value');
    const resolved = exported === undefined ? undefined : resolve(exported, scope);
    return name === undefined || resolved === undefined ? [] : [[name, resolved] as const];
  });
}
