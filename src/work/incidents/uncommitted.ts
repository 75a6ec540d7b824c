// What is uncommitted: which files of ours git is still to commit, kept over a crash.
import { mergeIncident } from '../../core/incidents/merge/merge.ts';
import { ignoreStorageFault } from '../timing/storage.ts';

interface OwnFile {
  readonly name: string;
  readonly author: 'machine' | 'api';
  readonly before: string | null;
  readonly after: string | null;
}

export interface LedgerDeps {
  readonly note: (file: OwnFile) => Promise<void>;
  readonly forget: (names: readonly string[]) => Promise<void>;
}

export interface Ledger {
  list(): readonly OwnFile[];
  forget(names: readonly string[]): Promise<void>;
  /** Notes the file, then writes it; forgets it again when nothing was written. */
  written(file: OwnFile, write: () => Promise<boolean>): Promise<boolean>;
}

/** `known` is what an earlier process left. A database that takes nothing keeps no outage from being filed. */
export function makeLedger(known: readonly OwnFile[], deps: LedgerDeps): Ledger {
  const files = new Map(known.map(file => [file.name, file]));
  const writing = new Map<string, number>();
  const isWriting = (name: string, more: 1 | -1) => {
    const count = (writing.get(name) ?? 0) + more;
    if (count > 0) writing.set(name, count);
    else writing.delete(name);
  };
  const forget = async (names: readonly string[]) => {
    const there = names.filter(name => files.delete(name));
    if (there.length > 0) await ignoreStorageFault(deps.forget(there));
  };
  return {
    list: () => [...files.values()],
    // What is noted and not yet written git cannot know of: it looks as if it need not be committed.
    forget: names => forget(names.filter(name => !writing.has(name))),
    async written(file, write) {
      const known = files.get(file.name);
      // The text it had first: what was written since is to be committed all the same.
      files.set(file.name, known ? { ...file, before: known.before, after: since(known.after, file) } : file);
      isWriting(file.name, 1);
      let isWritten = false;
      try {
        await ignoreStorageFault(deps.note(file));
        isWritten = await write();
      } finally {
        isWriting(file.name, -1);
      }
      if (isWritten) return true;
      if (known) files.set(file.name, known);
      else await forget([file.name]);
      return false;
    },
  };
}

/** Our text after one more write; what a person wrote between the two is not ours. */
function since(last: string | null, { before, after }: OwnFile): string | null {
  if (last === null || after === null || before === null || before === last)
    return last === null ? null : after;
  const merged = mergeIncident(before, last, after);
  return merged?.kind === 'merged' ? merged.text : after;
}
