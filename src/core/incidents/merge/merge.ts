// Three versions of one incident file become one: each front-matter key, the preface and each section is a unit.
import { parseIncident } from '../file/parse.ts';
import { type Between, matched, ordered, type Placed } from './section-order.ts';
import { cutIncident, type Entry, type Part, type Units } from './units.ts';

export type Side = 'ours' | 'theirs';

export type Merged =
  /** `notes`: what a rule decided that nobody wrote so. */
  | { readonly kind: 'merged'; readonly text: string; readonly notes: readonly string[] }
  /** The units that both sides changed, each another way. */
  | { readonly kind: 'conflict'; readonly units: readonly string[] };

/**
 * Merges what two sides made of `base` (null: both added the file). What one side added stays; what one side
 * changed or deleted is so, and an edit outlives a deletion. A unit that both changed differently is a
 * conflict. Where one side is the `machine`'s (or the API's) alone, a person's value of a key stands over the machine's; but
 * `status` and `resolved`, which are one unit, stay with the side that still is open. Null for files that are
 * not written as incidents are.
 */
export function mergeIncident(
  base: string | null,
  ours: string,
  theirs: string,
  machine: Side | null = null,
): Merged | null {
  if (ours === theirs || theirs === base) return { kind: 'merged', text: ours, notes: [] };
  if (ours === base) return { kind: 'merged', text: theirs, notes: [] };
  const before = base === null ? NOTHING : cutIncident(base);
  const [our, their] = [cutIncident(ours), cutIncident(theirs)];
  if (!before || !our || !their) return null;
  const merge = new Merge(before, our, their, machine);
  const front = merge.front();
  const preface = merge.part('the text before the first section', before.preface, our.preface, their.preface);
  const sections = merge.sections();
  if (merge.conflicts.length > 0 || !preface) return { kind: 'conflict', units: merge.conflicts };
  const texts = new Set(ORDERS.map(between => front + merge.body(preface, sections, between)));
  const text = namedAsBefore([...texts], ours, theirs);
  const wrong = stray(text, ours, theirs, [preface, ...sections.map(({ part }) => part)]);
  if (wrong !== null) return { kind: 'conflict', units: [wrong] };
  return { kind: 'merged', text, notes: merge.notes };
}

const NO_PART: Part = { text: '', gap: '', same: '', at: null };
const NOTHING: Units = { opening: '', entries: [], tail: '', closing: '', preface: NO_PART, sections: [] };
const ORDERS: readonly Between[] = ['by time', 'ours first', 'theirs first', 'all by time'];

interface Section extends Placed {
  readonly part: Part;
}

class Merge {
  readonly conflicts: string[] = [];
  readonly notes: string[] = [];
  private readonly base: Units;
  private readonly ours: Units;
  private readonly theirs: Units;
  private readonly machine: Side | null;

  constructor(base: Units, ours: Units, theirs: Units, machine: Side | null) {
    this.base = base;
    this.ours = ours;
    this.theirs = theirs;
    this.machine = machine;
  }

  front(): string {
    const [base, ours, theirs] = [keysOf(this.base), keysOf(this.ours), keysOf(this.theirs)];
    const keys = [...new Set([...base.keys(), ...ours.keys(), ...theirs.keys()])];
    const state = this.stateSide(base, ours, theirs);
    const placed = keys.flatMap(key => {
      const [b, o, t] = [base.get(key), ours.get(key), theirs.get(key)];
      const fixed = STATE.includes(key) ? state : null;
      const entry = fixed === null ? this.entry(key, b, o, t) : fixed === 'ours' ? o : t;
      if (!entry) return [];
      return [
        { text: leadOf(b, o, t, entry) + entry.text, ...placesOf(key, this.base, this.ours, this.theirs) },
      ];
    });
    const lines = ordered(placed, () => null, 'ours first').map(({ text }) => text);
    const { opening, tail, closing } = this.ours;
    const kept = this.theirs;
    return [
      pick(this.base.opening, opening, kept.opening),
      ...lines,
      pick(this.base.tail, tail, kept.tail),
      ended(pick(this.base.closing, closing, kept.closing)),
    ].join('');
  }

  /** The side whose `status` and `resolved` stand; null when only one of the two keys was changed by each. */
  private stateSide(base: Keys, ours: Keys, theirs: Keys): Side {
    const [b, o, t] = [stateOf(base), stateOf(ours), stateOf(theirs)];
    if (o === t || t === b) return 'ours';
    if (o === b) return 'theirs';
    if (this.machine === null) {
      this.conflicts.push('`status` and `resolved`');
      return 'ours';
    }
    const person: Side = this.machine === 'ours' ? 'theirs' : 'ours';
    const isOver = { ours: OVER.test(o), theirs: OVER.test(t) };
    const stands = isOver.ours === isOver.theirs ? person : isOver.ours ? 'theirs' : 'ours';
    const who = stands === person ? 'the person’s' : 'the machine’s or the API’s';
    this.notes.push(
      `\`status\` was set by both, ${who} stands${isOver.ours === isOver.theirs ? '' : ': it is open'}`,
    );
    return stands;
  }

  private entry(key: string, b?: Entry, o?: Entry, t?: Entry): Entry | undefined {
    if (same(o, t) || same(t, b)) return o;
    if (same(o, b)) return t;
    // An edit outlives a deletion.
    if (!o || !t) return o ?? t;
    if (o.value === t.value || t.value === b?.value) return o;
    if (o.value === b?.value) return t;
    if (this.machine === null) {
      this.conflicts.push(`\`${key}\``);
      return o;
    }
    this.notes.push(`\`${key}\` was set by both, the person’s stands`);
    return this.machine === 'ours' ? t : o;
  }

  /** The part as it stands after both; null for one that is deleted. */
  part(name: string, b: Part | undefined, o: Part | undefined, t: Part | undefined): Part | null {
    if (!o || !t) {
      const left = o ?? t;
      return left && left.same !== b?.same ? left : null;
    }
    const gap = pick(b?.gap, o.gap, t.gap);
    // Of what says the same, whatever bytes one side changed: a line end, a blank.
    if (o.same === t.same) return { ...o, text: pick(b?.text, o.text, t.text), gap };
    if (t.same === b?.same) return { ...o, gap };
    if (o.same === b?.same) return { ...t, gap };
    this.conflicts.push(name);
    return o;
  }

  sections(): Section[] {
    const { base, ours, theirs } = this;
    const inOurs = matched(base.sections, ours.sections);
    const inTheirs = matched(base.sections, theirs.sections);
    const found: Section[] = [];
    for (const [inBase, b] of base.sections.entries()) {
      const places = { inBase, inOurs: indexIn(inOurs, inBase), inTheirs: indexIn(inTheirs, inBase) };
      const o = places.inOurs === undefined ? undefined : ours.sections[places.inOurs];
      const t = places.inTheirs === undefined ? undefined : theirs.sections[places.inTheirs];
      const part = this.part(`"${b.same.split('\n', 1)[0]}"`, b, o, t);
      if (part) found.push({ part, ...places });
    }
    const added = (places: readonly (number | undefined)[]) =>
      [...places.keys()].filter(index => places[index] === undefined);
    const unpaired = added(inTheirs);
    for (const index of added(inOurs)) {
      const part = ours.sections[index] as Part;
      // Both took in the same section, or wrote word for word the same.
      const same = unpaired.findIndex(other => theirs.sections[other]!.same === part.same);
      const there = same < 0 ? undefined : unpaired.splice(same, 1)[0];
      found.push({ part, inBase: undefined, inOurs: index, inTheirs: there });
    }
    for (const index of unpaired) {
      const part = theirs.sections[index] as Part;
      found.push({ part, inBase: undefined, inOurs: undefined, inTheirs: index });
    }
    return found;
  }

  body(preface: Part, sections: readonly Section[], between: Between): string {
    const all = ordered(sections, ({ part }) => part.at, between);
    const eol = this.ours.opening.endsWith('\r\n') ? '\r\n' : '\n';
    let text = preface.text + preface.gap;
    for (const [index, { part }] of all.entries()) {
      if (text !== '' && text.trim() !== '') {
        if (!/[\r\n]$/.test(text)) text += eol;
        if (!/(\r\n?|\n)[ \t]*(\r\n?|\n)$/.test(text) && !this.follows(all[index - 1], all[index]!))
          text += eol;
      }
      text += part.text + part.gap;
    }
    const last = all.at(-1);
    const wasLast =
      last === undefined ||
      last.inOurs === this.ours.sections.length - 1 ||
      last.inTheirs === this.theirs.sections.length - 1;
    return wasLast ? text : ended(text.trimEnd(), eol);
  }

  /** Whether one stands right below the other on either side, however that is written. */
  private follows(before: Section | undefined, after: Section): boolean {
    const next = (a: number | undefined, b: number | undefined) =>
      b !== undefined && (before === undefined ? b === 0 : a !== undefined && b === a + 1);
    return next(before?.inOurs, after.inOurs) || next(before?.inTheirs, after.inTheirs);
  }
}

type Keys = ReadonlyMap<string, Entry>;

function keysOf({ entries }: Units): Keys {
  return new Map(entries.map(entry => [entry.key, entry]));
}

/** One without the other is a file that cannot be read. */
const STATE: readonly string[] = ['status', 'resolved'];
const OVER = /"(resolved|completed)"/;

function stateOf(keys: Keys): string {
  return STATE.map(key => keys.get(key)?.value ?? '').join(' ');
}

function same(a: Entry | undefined, b: Entry | undefined): boolean {
  return a === b || (a !== undefined && b !== undefined && bytesOf(a) === bytesOf(b));
}

function bytesOf({ text }: Entry): string {
  return text.replace(/\r\n?/g, '\n').trim();
}

/** The comments above a key: those of the side that changed them, or of both. */
function leadOf(b: Entry | undefined, o: Entry | undefined, t: Entry | undefined, entry: Entry): string {
  if (!o || !t) return entry.lead;
  const [base, ours, theirs] = [b?.lead ?? '', o.lead, t.lead];
  return ours === theirs || theirs === base || ours === base ? pick(base, ours, theirs) : ours + theirs;
}

function placesOf(key: string, base: Units, ours: Units, theirs: Units): Placed {
  const at = ({ entries }: Units) => {
    const index = entries.findIndex(entry => entry.key === key);
    return index < 0 ? undefined : index;
  };
  return { inBase: at(base), inOurs: at(ours), inTheirs: at(theirs) };
}

function indexIn(places: readonly (number | undefined)[], inBase: number): number | undefined {
  const index = places.indexOf(inBase);
  return index < 0 ? undefined : index;
}

/** Of bytes that say nothing by themselves: the changed ones. */
function pick(base: string | undefined, ours: string, theirs: string): string {
  return ours === base ? theirs : ours;
}

function ended(text: string, eol = '\n'): string {
  return text === '' || /[\r\n]$/.test(text) ? text : text + eol;
}

/** The text in which the most updates are named as they were: one with a new name is told to everybody again. */
function namedAsBefore(texts: readonly string[], ours: string, theirs: string): string {
  const [first, ...others] = texts as [string, ...string[]];
  if (others.length === 0) return first;
  const [our, their] = [namesIn(ours), namesIn(theirs)];
  const kept = (text: string) => {
    const names = namesIn(text);
    const count = (known: ReadonlySet<string>) => [...known].filter(name => names.has(name)).length;
    // Ours are in the database already.
    return count(our) * 10_000 + count(their);
  };
  return others.reduce((best, one) => (kept(one) > kept(best) ? one : best), first);
}

function namesIn(text: string): Set<string> {
  const updates = parseIncident('', '', text).value?.updates ?? [];
  return new Set(updates.map(({ key, body }) => `${key} ${body}`));
}

/** What keeps a merged text from being what was meant: a code fence that swallows what follows it, for one. */
function stray(text: string, ours: string, theirs: string, parts: readonly Part[]): string | null {
  const cut = cutIncident(text);
  const found = cut && [cut.preface, ...cut.sections].map(({ same }) => same).sort();
  const meant = parts.map(({ same }) => same).sort();
  if (JSON.stringify(found) !== JSON.stringify(meant)) return 'sections that swallow one another';
  const isRead = (source: string) => parseIncident('', '', source).value !== null;
  return isRead(ours) && isRead(theirs) && !isRead(text) ? 'values that contradict one another' : null;
}
