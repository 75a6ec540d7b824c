// Files of the static copy: what the pages make and the writers put into a folder or a git branch.

export interface ExportFile {
  /** Relative to the folder, with `/`. */
  readonly path: string;
  /** Called only if needed: a file that did not change is neither made nor written again. */
  readonly body: () => string | Buffer | Promise<string | Buffer>;
  /** Same key as last time in this process: same file, except for its time. Null: it may always differ. */
  readonly key: string | null;
  /** Matches the part that may differ in an unchanged file: its time. */
  readonly apart?: RegExp;
}
