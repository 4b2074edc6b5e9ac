import path from 'node:path';
import type { Files } from '../files.ts';
import { member } from './functions.ts';
import type { Tree } from '../tree.ts';
import { parseYaml } from '../yaml.ts';

/**
 * The templates of a cloud assembly of the CDK (a folder with a manifest.json, `cdk.out`), those of its stages among them; undefined for a folder that
 * is none. Assets that lie there are no configurations by themselves: templates of nested stacks and documents are read where a template names them.
 */
export function templatesOf(folder: string, files: Files, depth = 0): string[] | undefined {
  const artifacts = member(manifestIn(folder, files), 'artifacts');
  if (artifacts?.kind !== 'map') return undefined;
  const found = [...artifacts.entries.values()].flatMap(({ value }) => {
    const property = (key: string): string | undefined => textOf(member(member(value, 'properties'), key));
    switch (textOf(member(value, 'type'))) {
      case 'aws:cloudformation:stack':
        return property('templateFile') ?? [];
      case 'cdk:cloud-assembly': {
        const directory = property('directoryName');
        return directory === undefined || depth > 4 ? [] : (templatesOf(path.join(folder, directory), files, depth + 1) ?? []);
      }
      default:
        return [];
    }
  });
  return [...new Set(found.map((one) => path.resolve(folder, one)))];
}

function manifestIn(folder: string, files: Files): Tree | undefined {
  const absolute = path.join(folder, 'manifest.json');
  const text = files.list(folder).includes('manifest.json') ? files.read(absolute) : undefined;
  if (text?.includes('aws:cloudformation:stack') !== true && text?.includes('cdk:cloud-assembly') !== true) return undefined;
  return parseYaml(text, files.nameOf(absolute))[0];
}

const textOf = (tree: Tree | undefined): string | undefined => (tree?.kind === 'scalar' && typeof tree.value === 'string' ? tree.value : undefined);
