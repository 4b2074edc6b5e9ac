import type { Setting } from '../setting.ts';
import { treeOf, type Tree } from '../tree.ts';

/** Whether a template's `Transform` names SAM. */
export const isSam = (root: Setting): boolean =>
  root
    .get('Transform')
    .items()
    .some((one) => one.kind === 'scalar' && one.string()?.startsWith('AWS::Serverless-') === true);

/**
 * The CloudFormation template that SAM's translator would make of one whose functions are worked out: every `AWS::Serverless::*` resource
 * unfolded into plain ones, at the user's own lines. Logical ids are those of the translator.
 */
export function unfoldSam(root: Setting): Tree {
  root.get('Transform').problem('DG1208', 'SAM templates are not read yet', 'give the stack as it was made: aws cloudformation get-template');
  return root.tree ?? treeOf({});
}
