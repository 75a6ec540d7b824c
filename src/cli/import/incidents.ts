// Writes imported incidents as files: new ones, and the newer text of those that nobody changed here.
import { createHash } from 'node:crypto';
import path from 'node:path';
import { createExclusively, replaceAtomically } from '../../content/atomic.ts';
import type { StatusFolder } from '../../content/folder.ts';
import type { IncidentFiles } from '../../content/incidents/file-cache.ts';
import type { ImportedIncident } from '../../core/import/imported.ts';
import { besideSource } from '../../core/import/newer.ts';
import { formerIdsOf, type IsFormerId, withFreeId } from '../../core/incidents/ids.ts';
import { sourcesOf } from '../../core/model/incident.ts';
import { count } from '../../core/text/count.ts';
import type { Db } from '../../store/db/database.ts';
import { remembered } from '../../store/db/meta.ts';
import type { Cli } from '../shared/command.ts';
import { readableDatabase, withFormerIds } from '../shared/incident-files.ts';

/** Files written at once: each waits for the disk twice. */
const AT_ONCE = 64;

/** What became of an incident; `kept` says why its file is not as the source has it. */
type ImportOutcome =
  | { readonly is: 'written' | 'updated' | 'there'; readonly file: string }
  | { readonly is: 'kept'; readonly file: string; readonly why: string };

/** The files written. An operator's version of an incident is kept. */
export async function writeIncidents(
  wanted: readonly ImportedIncident[],
  content: StatusFolder,
  isDry: boolean,
  cli: Cli,
): Promise<string[]> {
  const files = await content.incidents();
  const placeOf = places(wanted, files, formerIdsOf(await withFormerIds(files.incidents, cli)));
  const marks = await Marks.open(cli);
  const outcomes: ImportOutcome[] = [];
  const tell = progress(wanted.length, cli);
  const one = (incident: ImportedIncident) => writeOne(incident, placeOf(incident), files, marks, isDry);
  for (let from = 0; from < wanted.length; from += AT_ONCE) {
    tell(from);
    outcomes.push(...(await Promise.all(wanted.slice(from, from + AT_ONCE).map(one))));
  }
  await marks.close(isDry);
  const all = (is: ImportOutcome['is']) => outcomes.filter(outcome => outcome.is === is);
  const [written, updated] = [all('written'), all('updated')];
  if (isDry) {
    for (const { file } of written) cli.out(`would write ${file}`);
    for (const { file } of updated) cli.out(`would update ${file}`);
  }
  for (const outcome of outcomes)
    if (outcome.is === 'kept')
      cli.out(`kept: incidents/${path.relative(content.folder, outcome.file)} ${outcome.why}`);
  const [write, update] = isDry ? ['to write', 'to update'] : ['written', 'updated'];
  cli.out(
    `${count(written.length, 'incident')} ${write}, ${all('there').length} already there, ${updated.length} ${update}, ${all('kept').length} kept.`,
  );
  return [...written, ...updated].map(({ file }) => file);
}

interface ImportPlace {
  /** The id of its file. */
  readonly id: string;
  /** Whether its file is there; `unread`: a file of this name is, which may be its own, but cannot be read. */
  readonly file: 'there' | 'unread' | 'none';
}

/** A file of its name without its source is another incident of this title on this day, and so is a former name. */
function places(
  wanted: readonly ImportedIncident[],
  { incidents, text }: IncidentFiles,
  isFormer: IsFormerId,
): (incident: ImportedIncident) => ImportPlace {
  const known = new Map(incidents.flatMap(one => sourcesOf(one).map(source => [source, one.id] as const)));
  const readable = new Set(incidents.map(({ id }) => id));
  const names = new Set(wanted.map(({ id }) => id));
  return ({ source, id: usual }) => {
    const there = known.get(source);
    if (there !== undefined) return { id: there, file: 'there' };
    return withFreeId<ImportPlace>(usual, isFormer, id => {
      if (id === usual ? readable.has(id) : names.has(id) || text(id) !== undefined) return null;
      names.add(id);
      return { id, file: text(id) === undefined ? 'none' : 'unread' };
    });
  };
}

async function writeOne(
  incident: ImportedIncident,
  place: ImportPlace,
  { text, fileOf }: IncidentFiles,
  marks: Marks,
  isDry: boolean,
): Promise<ImportOutcome> {
  const file = fileOf(place.id);
  if (place.file === 'unread')
    return { is: 'kept', file, why: 'cannot be read: `status-live lint` says why' };
  if (place.file === 'none') {
    // `content.create` shows each file to readers at once, which takes longer with every file.
    const isWritten = isDry || (await createExclusively(file, incident.text));
    if (isWritten) marks.set(incident.source, incident.text);
    return isWritten ? { is: 'written', file } : { is: 'kept', file, why: 'was written meanwhile' };
  }
  const before = text(place.id) ?? '';
  const beside = besideSource(before, incident);
  if (beside.is === 'same') {
    marks.set(incident.source, before);
    return { is: 'there', file };
  }
  if (beside.is === 'other' && !marks.has(incident.source, before))
    return { is: 'kept', file, why: `is not as in the source (${beside.what}): compare them` };
  const newer = before.includes('\r\n') ? incident.text.replaceAll('\n', '\r\n') : incident.text;
  const isReplaced = isDry || (await replaceAtomically(file, before, newer));
  if (isReplaced) marks.set(incident.source, incident.text);
  return isReplaced ? { is: 'updated', file } : { is: 'kept', file, why: 'was changed meanwhile' };
}

/** What imports wrote, by source, in the database if there is one: a file that is still so was changed by nobody here. */
class Marks {
  readonly #db: Db | null;
  readonly #digests: Map<string, string>;

  private constructor(db: Db | null, digests: Readonly<Record<string, string>>) {
    this.#db = db;
    this.#digests = new Map(Object.entries(digests));
  }

  static async open(cli: Cli): Promise<Marks> {
    const db = await readableDatabase(cli);
    return new Marks(db, db ? await remembered<Readonly<Record<string, string>>>(db, NAME, {}).get() : {});
  }

  has(source: string, text: string): boolean {
    return this.#digests.get(source) === digestOf(text);
  }

  set(source: string, text: string): void {
    this.#digests.set(source, digestOf(text));
  }

  async close(isDry: boolean): Promise<void> {
    if (!this.#db) return;
    if (!isDry) await remembered(this.#db, NAME, {}).set(Object.fromEntries(this.#digests));
    await this.#db.destroy();
  }
}

const NAME = 'imported';

function digestOf(text: string): string {
  const plain = text.replaceAll('\r\n', '\n');
  return createHash('sha256').update(plain).digest('base64url').slice(0, 22);
}

/** A line each second, for a person who waits. */
function progress(total: number, cli: Cli): (done: number) => void {
  let next = Date.now() + 1000;
  return done => {
    if (Date.now() < next) return;
    next += 1000;
    cli.err(`${done} of ${count(total, 'incident')} …`);
  };
}
