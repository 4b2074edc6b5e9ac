/** Colours, where there is a terminal that wants them. */
export type Paint = Readonly<Record<'red' | 'green' | 'yellow' | 'cyan' | 'bold' | 'dim', (text: string) => string>>;

const code =
  (open: number, close: number) =>
  (text: string): string =>
    text === '' ? '' : `\u001B[${open}m${text}\u001B[${close}m`;
const plain = (text: string): string => text;

export const paintFor = (colours: boolean): Paint =>
  colours
    ? { red: code(31, 39), green: code(32, 39), yellow: code(33, 39), cyan: code(36, 39), bold: code(1, 22), dim: code(2, 22) }
    : { red: plain, green: plain, yellow: plain, cyan: plain, bold: plain, dim: plain };
