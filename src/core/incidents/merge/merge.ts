// Merges two versions of an incident file: the units are each front-matter key, the preface and each section.
import { MINUTE, type Millis } from '../../model/time.ts';
import { readDateTime } from '../times/written-time.ts';
import { namedAsBefore, stray } from './outcome.ts';
import { type Between, matched, ordered, type Placed } from './section-order.ts';
import { cutIncident, type FrontMatterEntry, type MergeUnit, type Units } from './units.ts';

export type Side = 'ours' | 'theirs';

export type Merged =
  /** `notes`: the choices a rule made where both sides differed. */
  | { readonly kind: 'merged'; readonly text: string; readonly notes: readonly string[] }
  /** The units that both sides changed in different ways. */
  | { readonly kind: 'conflict'; readonly units: readonly string[] };

/**
 * Merges both sides' changes to `base` (null: both added the file). Additions, edits and deletions of one side are
 * taken; an edit wins over a deletion. A unit that both sides edited differently is a conflict.
 * If one side is the program's own (`machine`, or the API), a person's value wins; but `status` and `resolved`, as one
 * unit, are taken from the side where the incident is open.
 * Returns null for files that are not written like incidents.
 */
export function mergeIncident(
  base: string | null,
  ours: string,
  theirs: string,
  machine: Side | null = null,
): Merged | null {
  return merged({ base, ours, theirs }, machine);
}

/**
 * The text `now` without the edit of a file from `before` to `after`: what that added is gone, what it changed or
 * removed is as before, whatever was made of it since. Null where that cannot be told.
 */
export function withoutEdit(now: string, before: string, after: string): string | null {
  const undone = merged({ base: after, ours: now, theirs: before }, 'undo');
  return undone?.kind === 'merged' ? undone.text : null;
}

/**
 * The text `now` with what a person changed in an earlier version of it, `base`, and saves after it was written. Where both
 * changed a unit, the save is the later word. Of `status` and `resolved`, a side that ended the incident, or opened it again,
 * wins over one that knew nothing of that. Null where it cannot be merged.
 */
export function withSave(base: string, now: string, saved: string): string | null {
  const done = merged({ base, ours: now, theirs: saved }, 'save');
  return done?.kind === 'merged' ? done.text : null;
}

/** Which side is the program's, if one is; "undo": "theirs" is taken wherever it differs from the base; "save": see `withSave`. */
type Precedence = Side | 'undo' | 'save' | null;

function merged(
  { base, ours, theirs }: { base: string | null; ours: string; theirs: string },
  rule: Precedence,
): Merged | null {
  if (ours === theirs || theirs === base) return { kind: 'merged', text: ours, notes: [] };
  if (ours === base) return { kind: 'merged', text: theirs, notes: [] };
  const before = base === null ? NOTHING : cutIncident(base);
  const [our, their] = [cutIncident(ours), cutIncident(theirs)];
  if (!before || !our || !their) return null;
  const versions: Versions<Units> = { base: before, ours: our, theirs: their };
  const merge = new Merge(versions, rule);
  const front = merge.front();
  const preface = merge.part(
    'the text before the first section',
    each(versions, units => units.preface),
  );
  const sections = merge.sections();
  if (merge.conflicts.length > 0 || !preface) return { kind: 'conflict', units: merge.conflicts };
  const texts = new Set(ORDERS.map(between => front + merge.body(preface, sections, between)));
  const text = namedAsBefore([...texts], ours, theirs);
  const wrong = stray(text, ours, theirs, [preface, ...sections.map(({ part }) => part)]);
  if (wrong !== null) return { kind: 'conflict', units: [wrong] };
  return { kind: 'merged', text, notes: merge.notes };
}

/** A value in the base and on both sides. */
type Versions<T> = { readonly base: T; readonly ours: T; readonly theirs: T };

function each<T, U>({ base, ours, theirs }: Versions<T>, of: (one: T) => U): Versions<U> {
  return { base: of(base), ours: of(ours), theirs: of(theirs) };
}

const NO_PART: MergeUnit = { text: '', gap: '', same: '', at: null };
const NOTHING: Units = { opening: '', entries: [], tail: '', closing: '', preface: NO_PART, sections: [] };
const ORDERS: readonly Between[] = ['by time', 'ours first', 'theirs first', 'all by time'];

type PlacedSection = Placed & { readonly part: MergeUnit };

class Merge {
  readonly conflicts: string[] = [];
  readonly notes: string[] = [];
  readonly #of: Versions<Units>;
  readonly #rule: Precedence;

  constructor(of: Versions<Units>, rule: Precedence) {
    this.#of = of;
    this.#rule = rule;
  }

  front(): string {
    const keys = each(this.#of, ({ entries }) => new Map(entries.map(entry => [entry.key, entry])));
    const names = new Set([...keys.base.keys(), ...keys.ours.keys(), ...keys.theirs.keys()]);
    const state = this.#stateSide(each(keys, stateOf), each(keys, endOf));
    const placed = [...names].flatMap(key => {
      const entries = each(keys, known => known.get(key));
      const entry = STATE.includes(key) ? entries[state] : this.#entry(key, entries);
      if (!entry) return [];
      const places = each(this.#of, units => indexOf(units.entries, one => one.key === key));
      return [{ text: leadOf(entries, entry) + entry.text, ...placedAt(places) }];
    });
    return [
      changed(each(this.#of, ({ opening }) => opening)),
      ...ordered(placed, () => null, 'ours first').map(({ text }) => text),
      changed(each(this.#of, ({ tail }) => tail)),
      ended(changed(each(this.#of, ({ closing }) => closing))),
    ].join('');
  }

  /** The side whose `status` and `resolved` are taken: the earlier of two ends within a minute. */
  #stateSide({ base, ours, theirs }: Versions<string>, ends: Versions<Millis>): Side {
    if (ours === theirs || theirs === base) return 'ours';
    if (ours === base || this.#rule === 'undo') return 'theirs';
    if (Math.abs(ends.ours - ends.theirs) <= MINUTE) return ends.ours <= ends.theirs ? 'ours' : 'theirs';
    if (this.#rule === null) {
      this.conflicts.push('`status` and `resolved`');
      return 'ours';
    }
    const isOver = { base: OVER.test(base), ours: OVER.test(ours), theirs: OVER.test(theirs) };
    if (this.#rule === 'save') {
      const isEndless = isOver.ours && isOver.theirs && Number.isNaN(ends.theirs);
      const isNews = isOver.ours !== isOver.base && isOver.theirs === isOver.base;
      return isEndless || isNews ? 'ours' : 'theirs';
    }
    const person: Side = this.#rule === 'ours' ? 'theirs' : 'ours';
    const sidesAgree = isOver.ours === isOver.theirs;
    const kept = sidesAgree ? person : isOver.ours ? 'theirs' : 'ours';
    const who = kept === person ? 'the person’s' : 'the machine’s or the API’s';
    this.notes.push(`both sides set \`status\`, ${who} is kept${sidesAgree ? '' : ': it is open'}`);
    return kept;
  }

  #entry(key: string, { base: b, ours: o, theirs: t }: Versions<FrontMatterEntry | undefined>) {
    if (same(o, t) || same(t, b)) return o;
    if (same(o, b) || this.#rule === 'undo') return t;
    // An edit wins over a deletion.
    if (!o || !t) return o ?? t;
    if (o.value === t.value || t.value === b?.value) return o;
    if (o.value === b?.value) return t;
    if (this.#rule === null) {
      this.conflicts.push(`\`${key}\``);
      return o;
    }
    this.notes.push(`both sides set \`${key}\`, the person’s is kept`);
    return this.#rule === 'theirs' ? o : t;
  }

  /** The merged part; null when it is deleted. */
  part(name: string, { base: b, ours: o, theirs: t }: Versions<MergeUnit | undefined>): MergeUnit | null {
    if (this.#rule === 'undo' && t?.same !== b?.same) return t ?? null;
    if (!o || !t) {
      const left = o ?? t;
      if (!left || left.same === b?.same) return null;
      if (b) this.notes.push(`one side removed ${name}, the other changed it: it stays`);
      return left;
    }
    const gap = changed({ base: b?.gap, ours: o.gap, theirs: t.gap });
    // Same content: take the bytes that changed (a line end, a blank).
    if (o.same === t.same) {
      return { ...o, text: changed({ base: b?.text, ours: o.text, theirs: t.text }), gap };
    }
    if (t.same === b?.same) return { ...o, gap };
    if (o.same === b?.same) return { ...t, gap };
    if (this.#rule === 'save') return { ...t, gap };
    this.conflicts.push(name);
    return o;
  }

  sections(): PlacedSection[] {
    const { base, ours, theirs } = each(this.#of, ({ sections }) => sections);
    const inOurs = matched(base, ours);
    const inTheirs = matched(base, theirs);
    const found: PlacedSection[] = [];
    for (const [index, b] of base.entries()) {
      const [o, t] = [inOurs, inTheirs].map(places => indexOf(places, place => place === index));
      const parts = { base: b, ours: ours[o ?? -1], theirs: theirs[t ?? -1] };
      const part = this.part(`"${b.same.split('\n', 1)[0]}"`, parts);
      if (part) found.push({ part, inBase: index, inOurs: o, inTheirs: t });
    }
    const added = (places: readonly (number | undefined)[]) =>
      [...places.keys()].filter(index => places[index] === undefined);
    const unpaired = added(inTheirs);
    for (const index of added(inOurs)) {
      const part = ours[index]!;
      // Both sides have the same section.
      const same = unpaired.findIndex(other => theirs[other]!.same === part.same);
      const there = same < 0 ? undefined : unpaired.splice(same, 1)[0];
      found.push({ part, inBase: undefined, inOurs: index, inTheirs: there });
    }
    for (const index of unpaired) {
      found.push({ part: theirs[index]!, inBase: undefined, inOurs: undefined, inTheirs: index });
    }
    return found;
  }

  body(preface: MergeUnit, sections: readonly PlacedSection[], between: Between): string {
    const { ours, theirs } = this.#of;
    const all = ordered(sections, ({ part }) => part.at, between);
    const eol = ours.opening.endsWith('\r\n') ? '\r\n' : '\n';
    let text = preface.text + preface.gap;
    for (const [index, { part }] of all.entries()) {
      if (text.trim() !== '') {
        if (!/[\r\n]$/.test(text)) text += eol;
        if (!/(\r\n?|\n)[ \t]*(\r\n?|\n)$/.test(text) && !follows(all[index - 1], all[index]!)) text += eol;
      }
      text += part.text + part.gap;
    }
    const last = all.at(-1);
    const wasLast =
      last === undefined ||
      last.inOurs === ours.sections.length - 1 ||
      last.inTheirs === theirs.sections.length - 1;
    return wasLast ? text : ended(text.trimEnd(), eol);
  }
}

/** Whether `after` follows `before` directly on one of the sides. */
function follows(before: PlacedSection | undefined, after: PlacedSection): boolean {
  const next = (a: number | undefined, b: number | undefined) =>
    b !== undefined && (before === undefined ? b === 0 : a !== undefined && b === a + 1);
  return next(before?.inOurs, after.inOurs) || next(before?.inTheirs, after.inTheirs);
}

/** Merged as one: a file with only one of them changed may be invalid. */
const STATE: readonly string[] = ['status', 'resolved'];
const OVER = /"(resolved|completed|cancell?ed|postponed)"/i;

function stateOf(keys: ReadonlyMap<string, FrontMatterEntry>): string {
  return STATE.map(key => keys.get(key)?.value ?? '').join(' ');
}

/** When the file says that it is over; NaN when it does not. */
function endOf(keys: ReadonlyMap<string, FrontMatterEntry>): Millis {
  const [status = '', resolved = 'null'] = STATE.map(key => keys.get(key)?.value);
  const at = /^"(resolved|completed)"$/i.test(status) ? readDateTime(String(JSON.parse(resolved))) : null;
  return typeof at === 'number' ? at : Number.NaN;
}

function same(a: FrontMatterEntry | undefined, b: FrontMatterEntry | undefined): boolean {
  return a === b || (a !== undefined && b !== undefined && bytesOf(a) === bytesOf(b));
}

function bytesOf({ text }: FrontMatterEntry): string {
  return text.replace(/\r\n?/g, '\n').trim();
}

/** The comments above a key: of the side that changed them, or of both. */
function leadOf(
  { base, ours, theirs }: Versions<FrontMatterEntry | undefined>,
  entry: FrontMatterEntry,
): string {
  if (!ours || !theirs) return entry.lead;
  const leads = { base: base?.lead ?? '', ours: ours.lead, theirs: theirs.lead };
  const isOneSided = leads.ours === leads.theirs || leads.theirs === leads.base || leads.ours === leads.base;
  return isOneSided ? changed(leads) : leads.ours + leads.theirs;
}

function placedAt({ base, ours, theirs }: Versions<number | undefined>): Placed {
  return { inBase: base, inOurs: ours, inTheirs: theirs };
}

function indexOf<T>(all: readonly T[], is: (one: T) => boolean): number | undefined {
  const index = all.findIndex(is);
  return index < 0 ? undefined : index;
}

/** The changed one of two texts; for bytes without a meaning of their own. */
function changed({ base, ours, theirs }: { base: string | undefined; ours: string; theirs: string }): string {
  return ours === base ? theirs : ours;
}

function ended(text: string, eol = '\n'): string {
  return text === '' || /[\r\n]$/.test(text) ? text : text + eol;
}
