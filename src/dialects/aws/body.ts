import type { Setting } from '../../sources/setting.ts';
import type { Resource, Template } from '../../sources/cloudformation/template.ts';
import { madeTree, type Tree } from '../../sources/tree.ts';

/** The type of the integrations of a document that is not on this machine. No other has it. */
export const elsewhere = 'elsewhere';

/**
 * The OpenAPI document of an API: `Body` of its properties, or a file beside the template. Of one that is not here every method is closed, so
 * that the rest of the template can be used. Undefined: there is none.
 */
export function bodyOf({ setting, properties }: Pick<Resource, 'setting' | 'properties'>, { open, resolve }: Template): Tree | undefined {
  const [body, location] = [properties.get('Body'), properties.get('BodyS3Location')];
  const included = body.get('Fn::Transform');
  if (included.exists) return closedDocument(body, included.get('Parameters').get('Location').string());
  if (body.exists || !location.exists) return body.tree;
  const key = location.kind === 'scalar' ? location : location.get('Key');
  const name = key.string() ?? '';
  for (const one of location.keys()) if (one !== 'Key') location.get(one).ignored('the document is read from this machine');
  const asset = setting.get('Metadata').get('aws:asset:path').string();
  const found = (asset === undefined ? undefined : open(asset)) ?? open(name);
  return found === undefined ? closedDocument(key, asset ?? name) : resolve(found);
}

function closedDocument(setting: Setting, name = 'that DefinitionBody includes'): Tree {
  setting.warning(
    'DG1208',
    `the document ${name} is not beside the template`,
    'put it there, or give the API as an OpenAPI document in Body; all its methods answer 501 until then',
  );
  setting.leftToOthers('the document that it belongs to is not here');
  const closed = { 'x-amazon-apigateway-any-method': { 'x-amazon-apigateway-integration': { type: elsewhere } } };
  return madeTree({ openapi: '3.0.1', paths: { '/': closed, '/{proxy+}': closed } }, setting.tree as Tree);
}
