import { stripTypeScriptTypes } from 'node:module';

/** Whether a text is an ES module, as far as its first words on a line show. */
export const isModuleSyntax = (text: string): boolean => /^\s*(?:import\s*(?:['"{*]|\s[\w$])|export\s*(?:[{*]|\s\w))/m.test(text);

/**
 * JavaScript of the same lines. Names that are imported and never used as values are types: a compiler leaves them out, and whoever exports
 * them has nothing of that name.
 */
export function withoutTypes(typescript: string): string {
  const code = stripped(typescript);
  const rest = code.replaceAll(importing, '').replaceAll(/^\s*\/\*[^]*?\*\/|^\s*\/\/.*$/gm, '');
  const isUsed = (name: string): boolean => new RegExp(`(?<![\\w$])${name.replaceAll('$', String.raw`\$`)}(?![\\w$])`).test(rest);
  return code.replaceAll(importing, (statement: string, clause: string, source: string) => {
    const [, usual, whole, names] = /^([\w$]+)?\s*,?\s*(?:\*\s*as\s+([\w$]+)|\{([^}]*)\})?$/.exec(clause) ?? [];
    const listed = (names ?? '').split(',').flatMap((one) => one.trim() || []);
    const kept = listed.filter((one) => isUsed(/[\w$]+$/.exec(one)?.[0] ?? ''));
    const parts = [
      ...(usual !== undefined && isUsed(usual) ? [usual] : []),
      ...(whole !== undefined && isUsed(whole) ? [`* as ${whole}`] : []),
      ...(kept.length > 0 ? [`{ ${kept.join(', ')} }`] : []),
    ];
    const lines = '\n'.repeat(statement.split('\n').length - 1);
    return (parts.length === 0 ? '' : `import ${parts.join(', ')} from ${source};`) + lines;
  });
}

const importing = /^[ \t]*import\s+([\w$\s,*{}]+?)\s*from\s*('[^'\n]*'|"[^"\n]*")[^\S\n]*;?/gm;

/** Enums and the like are more than types: there the text is made anew. */
function stripped(typescript: string): string {
  try {
    return stripTypeScriptTypes(typescript);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX') throw error;
    return stripTypeScriptTypes(typescript, { mode: 'transform', sourceMap: true });
  }
}
