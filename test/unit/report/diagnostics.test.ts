import { expect, it } from 'vitest';
import { renderDiagnostics } from '../../../src/report/diagnostics.ts';
import { paintFor } from '../../../src/report/paint.ts';

const finding = { code: 'DG1203', severity: 'error', file: 'a.yaml', line: 2, column: 3, message: 'x is 1', hint: 'expected 2' } as const;

it('frames the line with two lines of context and a caret', () => {
  expect(renderDiagnostics([finding], () => 'one\n\tx: 1\nthree\nfour\nfive', paintFor(false))).toBe(
    'a.yaml:2:3  error DG1203  x is 1\n  1 | one\n> 2 | \tx: 1\n    | \t ^\n  3 | three\n  4 | four\n  = expected 2',
  );
});

it('does without a frame where the text is gone or shorter', () => {
  expect(renderDiagnostics([finding], () => undefined, paintFor(false))).toBe('a.yaml:2:3  error DG1203  x is 1\n  = expected 2');
  expect(renderDiagnostics([finding], () => 'one', paintFor(false))).toBe('a.yaml:2:3  error DG1203  x is 1\n  = expected 2');
});

it('lets no configuration command the terminal', () => {
  const text = renderDiagnostics([{ ...finding, message: '\u001B[2Jgone' }], () => 'a\n\u001B]0;title\u0007', paintFor(false));
  expect(text).not.toContain('\u001B');
  expect(text).not.toContain('\u0007');
});
