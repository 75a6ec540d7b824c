// Keeps the texts of files that programs replaced: an editor may still have them open.
import type { Writer } from '../publish/git-sync.ts';

/** How many texts of a file are kept. */
const KEPT = 20;

export class Replaced {
  readonly #texts = new Map<string, readonly string[]>();

  /** The texts of a file since the start, by its id, oldest first. */
  of(id: string): readonly string[] {
    return this.#texts.get(id) ?? [];
  }

  keep(id: string, text: string): void {
    if (this.of(id).at(-1) !== text) this.#texts.set(id, [...this.of(id), text].slice(-KEPT));
  }

  /** A program's writer of files, with what it replaces kept. */
  keeping({ create, replace }: Writer): Writer {
    return {
      create,
      replace: async (id, before, text) => {
        const done = await replace(id, before, text);
        if (done) this.keep(id, before);
        return done;
      },
    };
  }
}
