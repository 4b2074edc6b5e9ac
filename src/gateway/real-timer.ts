/** Of the machine's time: a frozen clock must not keep a test from ending. */
export function realTimer(ms: number, act: () => void): () => void {
  const timer = setTimeout(act, ms);
  return () => clearTimeout(timer);
}
