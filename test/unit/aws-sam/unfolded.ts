import { Ledger } from '../../../src/model/ledger.ts';
import { readTemplate } from '../../../src/sources/cloudformation/template.ts';
import { Files } from '../../../src/sources/files.ts';
import { Source } from '../../../src/sources/source.ts';
import { plain } from '../../../src/sources/tree.ts';

export interface Unfolded {
  /** Type and properties of each plain resource, by logical id. */
  readonly resources: Readonly<Record<string, { readonly type: string; readonly properties: Record<string, never> }>>;
  /** The document of an API. */
  readonly body: (id: string) => Record<string, never>;
  readonly ledger: Ledger;
}

/** What a SAM template is unfolded into. `files`: what lies beside it. */
export function unfolded(text: string, { folder = import.meta.dirname, head = 'Transform: AWS::Serverless-2016-10-31' } = {}): Unfolded {
  const ledger = new Ledger();
  const source = new Source('template.yaml', '/nowhere/template.yaml', `${head}\n${text}`, folder);
  const template = readTemplate({ source, ledger, by: 'test', parameters: {}, files: new Files(folder) });
  const resources = Object.fromEntries(
    template.resources.map(({ id, type, properties }) => [
      id,
      { type, properties: (properties.tree === undefined ? {} : JSON.parse(JSON.stringify(plain(properties.tree)))) as Record<string, never> },
    ]),
  );
  return { resources, body: (id) => resources[id]?.properties['Body'] ?? ({} as Record<string, never>), ledger };
}
