const isUrl = (text: string): boolean => /^https?:\/\//i.test(text) && URL.canParse(text);

/** How a function is written: the URL at which it is invoked, or a module and what it exports. Undefined for what is neither. */
export function functionText(text: string): string | { readonly url: string } | undefined {
  if (isUrl(text)) return { url: text };
  return /(?:^|[\\/])[^\\/.]+\.[^\\/]+$/.test(text) ? text : undefined;
}
