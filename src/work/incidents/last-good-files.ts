// Keep: the last good text of the files is written down, since memory forgets it at a restart.

interface GoodFile {
  readonly name: string;
  readonly text: string;
}

export interface KeepDeps<Beside> {
  /** Every file's last good version; the same list while nothing changed. */
  readonly good: () => readonly GoodFile[];
  readonly read: () => Promise<ReadonlyMap<string, string>>;
  readonly change: (
    texts: ReadonlyMap<string, string>,
    gone: readonly string[],
    beside: Beside,
  ) => Promise<void>;
}

export interface Keep<Beside> {
  /** Brings what is kept up to date with the files and what is noted beside them; writes only what changed. */
  round(beside: Beside): Promise<void>;
  /** Lets the next round read again what is kept: somebody else changed it. */
  readAgain(): void;
}

export function makeKeep<Beside>({ good, read, change }: KeepDeps<Beside>): Keep<Beside> {
  let kept: ReadonlyMap<string, string> | null = null;
  let last: { readonly files: readonly GoodFile[]; readonly beside: string } | null = null;
  return {
    async round(beside) {
      const files = good();
      const print = JSON.stringify(beside);
      if (last?.files === files && last.beside === print) return;
      kept ??= await read();
      const there = kept;
      const owed = new Map(files.map(({ name, text }) => [name, text]));
      const texts = new Map([...owed].filter(([name, text]) => there.get(name) !== text));
      const gone = [...there.keys()].filter(name => !owed.has(name));
      if (texts.size > 0 || gone.length > 0 || last?.beside !== print) await change(texts, gone, beside);
      kept = owed;
      last = { files, beside: print };
    },
    readAgain() {
      kept = null;
      last = null;
    },
  };
}
