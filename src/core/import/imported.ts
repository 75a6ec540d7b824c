// The result of an import, and helpers shared by all importers.

import * as z from 'zod';
import { type NewIncident, printIncident } from '../incidents/file/print.ts';
import type { RollupSpan } from '../model/metric.ts';
import { iso, type Millis, parseInstant } from '../model/time.ts';
import type { Rollup } from '../monitoring/rollup.ts';
import { plainLetters, slug } from '../text/slug.ts';

/** A time in another product's JSON, to the second. */
export const moment = z.string().transform((text, context): Millis => {
  const at = parseInstant(text);
  if (at !== null) return at - (at % 1000);
  context.addIssue({ code: 'custom', message: `"${text}" is not a date` });
  return z.NEVER;
});

/** What an importer found in the files of another product. */
export interface Imported {
  /** The page's title; null: not known. */
  readonly title: string | null;
  /** The page's time zone by its name there, if it says one. */
  readonly timezone?: string | null;
  /** Former paths of the page itself. */
  readonly addresses?: readonly string[];
  /** The components that the other page shows today. */
  readonly components: readonly ImportedComponent[];
  /** Every component that incidents name: those that are not shown today are former ones (`siteChanges`). */
  readonly named: readonly ComponentName[];
  readonly incidents: readonly ImportedIncident[];
  readonly history: readonly ImportedSpan[];
  readonly remarks: readonly ImportRemark[];
}

/** A component by its id here and the name it has there. */
export interface ComponentName {
  readonly id: string;
  readonly name: string;
}

/** An entry of `components:`; optional fields as status.yaml writes them. */
export interface ImportedComponent extends ComponentName {
  readonly group?: string | null;
  readonly description?: string | null;
  readonly schedule?: string;
  /** Without one it is `manual`. */
  readonly check?: Readonly<Record<string, unknown>>;
  readonly detect?: Readonly<Record<string, unknown>>;
  readonly match?: readonly string[];
}

export interface ImportedIncident {
  /** The file or record it comes from, as the report names it. */
  readonly file: string;
  /** Its origin, the same on each run; becomes `opened_by`. */
  readonly source: string;
  readonly id: string;
  readonly text: string;
  /** The text as it would be if it had ended then (epoch ms), where the end may grow from import to import. */
  readonly asEndedAt?: (end: Millis) => readonly string[];
  /** The text as an import at another moment (epoch ms) would have written it, where it says when it was written. */
  readonly asSeenAt?: (moment: Millis) => string;
  /** What it says of that moment is news each time: a later import says it anew. */
  readonly isRenewed?: true;
}

/** What was measured of a component in one period. */
export interface ImportedSpan {
  readonly component: string;
  readonly span: RollupSpan;
  /** Its beginning (`startOfSpan`), epoch ms. */
  readonly start: Millis;
  readonly rollup: Rollup;
}

/**
 * What the operator should know of a file. `changed`: taken, but not as it was; `left out`: known, and not taken;
 * `wrong`: it cannot be read, and the command fails.
 */
export interface ImportRemark {
  readonly file: string;
  readonly kind: 'changed' | 'left out' | 'wrong';
  /** One sentence without a full stop. */
  readonly what: string;
}

/** Says something of one entry of a file, or of all its entries at once; each a sentence without a full stop. */
export interface EntryRemarks {
  readonly changed: (what: string) => void;
  readonly leftOut: (what: string) => void;
  /** What is changed in the same way in many entries: it is listed once for a file. */
  readonly changedInAll: (what: string) => void;
}

/** Collects remarks; each function takes the file and a sentence. */
export class Remarks {
  readonly all: ImportRemark[] = [];
  readonly changed = (file: string, what: string): void => this.#add(file, 'changed', what);
  readonly leftOut = (file: string, what: string): void => this.#add(file, 'left out', what);
  readonly wrong = (file: string, what: string): void => this.#add(file, 'wrong', what);

  /** @param entry the words before each sentence, for instance the name of a component */
  about(file: string, entry = ''): EntryRemarks {
    const named = entry === '' ? '' : `“${entry}”: `;
    return {
      changed: what => this.changed(file, named + what),
      leftOut: what => this.leftOut(file, named + what),
      changedInAll: what => this.changed(file, what),
    };
  }

  #add(file: string, kind: ImportRemark['kind'], what: string): void {
    this.all.push({ file, kind, what });
  }
}

/**
 * The ids of components by what the other product calls them: that of a component here with the same name, else of one
 * whose id is the name (`isNamedById`), else one made of the name that is still free here.
 */
export class ComponentIds {
  readonly #here: readonly ComponentName[];
  readonly #unique: (base: string) => string;
  readonly #byCode = new Map<string, ComponentName>();

  /** @param here the components and former components of status.yaml */
  constructor(here: readonly ComponentName[]) {
    this.#here = here;
    this.#unique = uniqueIds(here.map(({ id }) => id));
  }

  /**
   * @param code the other product's own id; without one, components are the same if their names are
   * @param words what a new id is made of
   */
  of(name: string, code: string = plain(name), words: string = name): string {
    const known = this.#byCode.get(code);
    if (known) return known.id;
    const given = new Set([...this.#byCode.values()].map(one => one.id));
    const named = this.#here.filter(one => plain(one.name) === plain(name));
    const same =
      named.find(one => !given.has(one.id)) ??
      named[0] ??
      this.#here.find(one => isNamedById(one, name, words));
    const id = same?.id ?? this.#unique(slugOr(words, 'component'));
    this.#byCode.set(code, { id, name: name.trim() || id });
    return id;
  }

  /** All that were asked for, each id once. */
  get named(): readonly ComponentName[] {
    return [...new Map([...this.#byCode.values()].reverse().map(one => [one.id, one])).values()].reverse();
  }
}

/**
 * Whether the id of a component here is the other product's name for it: as it is typed there; or spelled as an id, if the
 * component's own name is nothing else or did not make that id. Of a name without Latin letters, nothing is left in an id.
 */
function isNamedById({ id, name: own }: ComponentName, name: string, words: string): boolean {
  if (name.trim() === id) return true;
  const spelled = [name, words].map(one => plain(plainLetters(one)));
  const isSpelled = spelled.some(one => one.replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-|-$/g, '') === id);
  const isOfOwn = id.replace(/-\d+$/, '') === slugOr(own, 'component') || id === slugOr(own, 'component');
  return isSpelled && (plain(own) === id || !isOfOwn);
}

function plain(name: string): string {
  return name.normalize('NFC').trim().toLowerCase();
}

/**
 * The text of an imported incident's file: by its source, and told to nobody.
 * @param source its origin, the same on each run
 */
export function printImported(
  source: string,
  incident: Omit<NewIncident, 'openedBy' | 'isToldElsewhere'>,
): string {
  return printIncident({ ...incident, openedBy: source, isToldElsewhere: true });
}

/** Lower-case letters, digits and hyphens, for ids and file names. */
export function slugOr(text: string, fallback: string): string {
  return slug(text, 60) || fallback;
}

/** Makes ids unique by numbers, also among those `taken`. */
export function uniqueIds(taken: readonly string[] = []): (base: string) => string {
  const given = new Set(taken);
  return base => {
    let id = base;
    for (let number = 2; given.has(id); number++) id = `${base}-${number}`;
    given.add(id);
    return id;
  };
}

/** An incident's id before it is made unique: day and title. */
export function incidentId(at: Millis, title: string): string {
  return `${iso(at).slice(0, 10).replaceAll('-', '')}_${slugOr(title, 'incident')}`;
}
