// Uptime Kuma's outages, and the notes pinned to its status pages, as incidents.
import type { Severity } from '../../model/component.ts';
import { MINUTE, type Millis, parseInstant, SECOND } from '../../model/time.ts';
import { count } from '../../text/count.ts';
import { type ImportedIncident, incidentId, printImported, type Remarks } from '../imported.ts';
import { afterRecord, goesOnRemark, outageIncident } from '../outage.ts';
import { fittingTitle } from '../timeline.ts';
import type { KumaComponent } from './components.ts';
import type { KumaTables, NoteRow, TurnRow } from './tables.ts';

type Unique = (id: string) => string;

/** A stretch of `down`; `end` null: it goes on at the end of the file. */
interface DownStretch {
  readonly first: TurnRow;
  readonly start: Millis;
  readonly end: Millis | null;
  /** Kuma did not look for a while before it was up again: how it was then is not known. */
  readonly isUnwatched: boolean;
}

/**
 * One incident for each stretch. Its text does not say what Kuma saw: that may name hosts, and Kuma does not publish it.
 */
export function kumaOutages(
  { turns, lastBeats }: Pick<KumaTables, 'turns' | 'lastBeats'>,
  components: ReadonlyMap<number, KumaComponent>,
  file: string,
  unique: Unique,
  remarks: Remarks,
): ImportedIncident[] {
  const lasts = new Map(lastBeats.map(({ monitor, time }) => [monitor, parseInstant(time)]));
  const found = stretchesOf(turns, components).sort((a, b) => a.start - b.start);
  const unwatched = found.filter(({ isUnwatched }) => isUnwatched).length;
  if (unwatched > 0)
    remarks.changed(
      file,
      `${count(unwatched, 'outage')} after which Uptime Kuma did not look for a while: each ends at its last failed heartbeat`,
    );
  return found.map(({ first, start, end }) => {
    const component = components.get(first.monitor)!;
    const { id, name } = component;
    // Nobody looks at one that is paused: how it went on is not known.
    const after = end !== null ? null : component.monitor.active ? afterRecord(component) : 'measured';
    if (after && !component.monitor.active)
      remarks.changed(
        file,
        `“${name}” was paused while it was down: the outage ends with its last heartbeat`,
      );
    else if (after) remarks.changed(file, goesOnRemark(name, after));
    return outageIncident(
      {
        file,
        sender: 'uptime-kuma',
        key: `${first.monitor}/heartbeat-${first.id}`,
        name,
        component: id,
        start,
        end: end ?? lasts.get(first.monitor) ?? start,
        reason: '',
        after,
      },
      unique,
    );
  });
}

function stretchesOf(
  turns: readonly TurnRow[],
  components: ReadonlyMap<number, KumaComponent>,
): DownStretch[] {
  return turns.flatMap((first, index): DownStretch[] => {
    const component = components.get(first.monitor);
    const start = parseInstant(first.time);
    if (first.status !== 0 || !component || start === null) return [];
    const next = turns[index + 1];
    const up = next?.monitor === first.monitor ? next : undefined;
    const at = up ? parseInstant(up.time) : null;
    if (!up || at === null) return [{ first, start, end: null, isUnwatched: false }];
    const gap = up.duration * SECOND;
    const isUnwatched = gap > Math.max(3 * component.monitor.interval * SECOND, 10 * MINUTE);
    return [{ first, start, end: isUnwatched ? Math.max(start, at - gap) : at, isUnwatched }];
  });
}

/** By the colour of a note. */
const SEVERITY: Readonly<Record<string, Severity>> = { danger: 'major' };

/** A pinned note is open if its colour says that something is wrong. No note names a monitor, so none counts as downtime. */
export function notesOf(
  notes: readonly NoteRow[],
  file: string,
  unique: Unique,
  remarks: Remarks,
): ImportedIncident[] {
  return notes.flatMap(note => {
    const where = `the note “${note.title}” (${note.id})`;
    const created = parseInstant(note.created_date);
    if (created === null) {
      remarks.leftOut(file, `${where}: its time “${note.created_date}” cannot be read`);
      return [];
    }
    const started = created - (created % SECOND);
    const isPinned = note.pin === 1 && note.active !== 0;
    const isOpen = isPinned && /^(danger|warning)$/.test(note.style);
    const edited = note.last_updated_date ? parseInstant(note.last_updated_date) : null;
    const end = Math.max(started, edited === null ? started : edited - (edited % SECOND));
    remarks.changed(
      file,
      isOpen
        ? `${where}: it names no monitor, so it has no component; it is open, and the page says so, until you resolve it`
        : isPinned
          ? `${where}: it is a notice and no incident there, so it is over here`
          : `${where}: it names no monitor, so it has no component; when it was taken down is not known, so it ends at its last edit`,
    );
    const source = `uptime-kuma:incident-${note.id}`;
    const { title, before } = fittingTitle(note.title, what => remarks.changed(file, `${where}: ${what}`));
    const text = printImported(source, {
      title,
      status: isOpen ? 'investigating' : 'resolved',
      severity: SEVERITY[note.style] ?? 'minor',
      started,
      components: [],
      message: before + note.content,
      ...(isOpen
        ? {}
        : { resolved: end, later: [{ status: 'resolved' as const, at: end, message: 'Resolved.' }] }),
    });
    return [{ file, source, id: unique(incidentId(started, note.title)), text }];
  });
}
