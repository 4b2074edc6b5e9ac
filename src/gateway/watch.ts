/** Watches files and folders while they exist, are replaced or come back. */
export interface Watching {
  /** Watches these from now on, beside those that are watched. */
  add(paths: Iterable<string>): void;
  close(): Promise<void>;
}

/** Editors write a file in several steps: what comes within so many ms is one change. */
const settleMs = 5;

/** Calls `changed` after a change, never twice at once; a change during a call is followed by another call. */
export async function watchFiles(paths: Iterable<string>, changed: () => Promise<void>): Promise<Watching> {
  const { watch } = await import('chokidar');
  let timer: ReturnType<typeof setTimeout> | undefined;
  let running: Promise<void> | null = null;
  let again = false;
  const run = (): void => {
    if (running !== null) {
      again = true;
      return;
    }
    running = changed().finally(() => {
      running = null;
      if (again) {
        again = false;
        run();
      }
    });
  };
  const watcher = watch([...paths], { ignoreInitial: true, depth: 0 });
  watcher.on('all', () => {
    clearTimeout(timer);
    timer = setTimeout(run, settleMs);
  });
  await new Promise<void>((resolve) => watcher.once('ready', () => resolve()));
  return {
    add: (more) => void watcher.add([...more]),
    async close() {
      clearTimeout(timer);
      await watcher.close();
      await running;
    },
  };
}
