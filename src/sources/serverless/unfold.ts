import type { Setting } from '../setting.ts';
import type { Tree } from '../tree.ts';
import type { TemplateInput } from '../cloudformation/template.ts';
import { readConfiguration } from './configuration.ts';
import { stackOf } from './stack.ts';

/** The CloudFormation template that the Serverless Framework would make of a configuration, at the user's own lines. */
export function unfoldServerless(written: Setting, input: TemplateInput): Tree {
  const { root, stage } = readConfiguration(written, input);
  return stackOf(root, stage);
}
