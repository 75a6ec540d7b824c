// The ledger: which files of ours git is still to commit, kept over a crash.
import { evenSo } from './storage.ts';

interface OwnFile {
  readonly name: string;
  readonly author: 'machine' | 'api';
  readonly before: string | null;
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
  const forget = async (names: readonly string[]) => {
    const there = names.filter(name => files.delete(name));
    if (there.length > 0) await evenSo(deps.forget(there));
  };
  return {
    list: () => [...files.values()],
    forget,
    async written(file, write) {
      const before = files.get(file.name);
      // The text it had first: what was written since is to be committed all the same.
      files.set(file.name, before ? { ...before, author: file.author } : file);
      await evenSo(deps.note(file));
      const isWritten = await write();
      if (!isWritten && !before) await forget([file.name]);
      return isWritten;
    },
  };
}
