// Reports on what is past in a body: which lines belong to one, and which of their headings are updates all the same.
import type { ShownLine } from '../../text/comments.ts';
import { MAX_HEADINGS } from './body-bounds.ts';
import { beginsWithLabel, beginsWithTime, readHeading } from './heading.ts';
import { reportLevel } from './prose-heading.ts';

/** Longer lines are prose and not examined. */
export const MAX_HEADING = 300;

/** The text of a level-2 heading; undefined for other lines. */
export function headingText({ text: line, fenced, within }: ShownLine): string | undefined {
  // Other kinds of spaces come from chats and word processors.
  if (fenced || within || !/^##\s/.test(line) || line.length > MAX_HEADING) return undefined;
  return line.slice(3).trim().replace(/ #+$/, '').trimEnd();
}

/** Follows the reports of a body, line by line. */
export class Reports {
  readonly #lines: readonly ShownLine[];
  readonly #isOver: boolean;
  #level = 0;
  #isProse = false;

  /** @param isOver whether the incident is, by its front matter: while it is open, any heading may be news. */
  constructor(lines: readonly ShownLine[], isOver: boolean) {
    this.#lines = lines;
    this.#isOver = isOver;
  }

  /**
   * Goes on to a line. `isText`: it is a level-2 heading below a level-one heading of a report, and so no update.
   * @param isUpdated whether an update stands above the line.
   */
  read(index: number, isUpdated: boolean): { readonly isReport: boolean; readonly isText: boolean } {
    const line = this.#lines[index]!;
    const text = headingText(line);
    if (!line.fenced && !line.within) this.#level = reportLevel(line.text, this.#level);
    if (this.#level === 0) this.#isProse = false;
    else if (isTopHeading(line)) this.#begin(index, isUpdated);
    // A line with the words of an update is one, and ends the report.
    if (this.#isProse && text !== undefined && tellsUpdate(text, false)) {
      this.#level = 0;
      this.#isProse = false;
    }
    return { isReport: this.#level > 0, isText: this.#isProse && text !== undefined };
  }

  /** A level-one heading with all updates below it is the title of the file. */
  #begin(index: number, isUpdated: boolean): void {
    this.#isProse = this.#isOver && (isUpdated || !this.#holdsUpdates(index + 1));
    const isTitle = () => this.#lines.slice(0, index).every(({ text }) => text.trim() === '');
    if (!this.#isOver && !isUpdated && isTitle()) this.#level = 0;
  }

  #holdsUpdates(from: number): boolean {
    let headings = 0;
    for (let index = from; index < this.#lines.length && headings < MAX_HEADINGS; index++) {
      const line = this.#lines[index]!;
      if (isTopHeading(line)) return false;
      const text = headingText(line);
      if (text === undefined) continue;
      headings++;
      if (tellsUpdate(text, true)) return true;
    }
    return false;
  }
}

function isTopHeading({ text, fenced, within }: ShownLine): boolean {
  return !fenced && !within && /^ {0,3}#\s/.test(text);
}

/** Whether a heading is that of an update by its words: its time beside `Update` or a status, and no others. */
function tellsUpdate(text: string, isTimeFirst: boolean): boolean {
  const read = readHeading(text, false);
  if (read === null || read === 'postmortem') return false;
  if ('what' in read) return beginsWithLabel(text);
  if (!isTimeFirst && beginsWithTime(text)) return false;
  return read.status !== null || read.label === null || /^update(?!\p{L})/iu.test(read.label);
}
