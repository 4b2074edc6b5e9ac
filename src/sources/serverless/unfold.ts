import type { Setting } from '../setting.ts';
import type { Tree } from '../tree.ts';
import type { TemplateInput } from '../cloudformation/template.ts';
import { stackOf } from './stack.ts';

/** The CloudFormation template that the Serverless Framework would make of a configuration, at the user's own lines. */
export function unfoldServerless(root: Setting, input: TemplateInput): Tree {
  return stackOf(root, input.stage);
}
