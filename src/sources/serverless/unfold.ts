import type { Setting } from '../setting.ts';
import { treeOf, type Tree } from '../tree.ts';
import type { TemplateInput } from '../cloudformation/template.ts';

/** The CloudFormation template that the Serverless Framework would make of a configuration, at the user's own lines. */
export function unfoldServerless(root: Setting, _input: TemplateInput): Tree {
  root.problem('DG1208', 'a serverless.yml is not read yet', 'give the stack as it was made: serverless package, then .serverless/*.json');
  return treeOf({});
}
