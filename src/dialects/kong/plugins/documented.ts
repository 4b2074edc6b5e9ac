/** How a plugin of Kong Enterprise is known, whose source is not public. */
export const documented = 'from public documentation: the source is not public';
