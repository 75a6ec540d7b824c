// From what another page told, in order, to the sections of an incident file.
import type { Addition, NewIncident } from '../incidents/file/print.ts';
import { MAX_TITLE } from '../incidents/file/schema.ts';
import type { Affected, UpdateStatus } from '../model/incident.ts';
import type { Millis } from '../model/time.ts';
import { escapeMarkdown } from '../text/markdown.ts';
import { oneLine } from '../text/printable.ts';

/** One update as another page shows it. */
export interface ToldUpdate {
  readonly at: Millis;
  /** Null: it names none, so that of the update before stays. */
  readonly status: UpdateStatus | null;
  /** Markdown; '' where the page shows the status alone. */
  readonly message: string;
  /** All that is affected from then on; absent: as before. */
  readonly affected?: readonly Affected[];
}

type First = Pick<NewIncident, 'message' | 'messageAt' | 'messageStatus'>;

interface Course {
  /** Any order; of one moment, oldest first. */
  readonly told: readonly ToldUpdate[];
  readonly started: Millis;
  /** When it was over; undefined while it is open. */
  readonly end: Millis | undefined;
  /** The status of an incident that is over, of its kind. */
  readonly over: 'resolved' | 'completed';
  /** Its status while it is open. */
  readonly open: UpdateStatus;
}

/**
 * The parts of a new file that tell its course. An end that no update tells gets one (`Resolved.`), and an update without
 * words gets those of its status.
 */
export function courseOf({
  told,
  started,
  end,
  over,
  open,
}: Course): Pick<NewIncident, 'status' | 'resolved' | 'later' | keyof First> {
  const all = told.map(one => (end === undefined ? unended(one, over) : one)).sort((a, b) => a.at - b.at);
  if (all.length === 0) all.push({ at: started, status: null, message: '' });
  const isLast = all.findLast(({ status }) => status !== null)?.status === over;
  const isEndTold =
    isLast ||
    all.some(({ status, at }) => status === over && at >= (end ?? at)) ||
    (all.length === 1 && all[0]!.status === null && all[0]!.at === end);
  if (end !== undefined && !isEndTold) {
    all.push({ at: end, status: over, message: '' });
    all.sort((a, b) => a.at - b.at);
  }
  const beginning: UpdateStatus = over === 'resolved' ? 'investigating' : 'scheduled';
  const status = end === undefined ? (all.findLast(one => one.status !== null)?.status ?? open) : over;
  const [first, ...rest] = all as [ToldUpdate, ...ToldUpdate[]];
  const firstStatus = first.status ?? (rest.length === 0 ? status : beginning);
  let before = firstStatus;
  const later = rest.map((one): Addition => {
    before = one.status ?? before;
    const { affected } = one;
    return {
      status: before,
      at: one.at,
      message: one.message || wordsOf(before),
      ...(one.status === null ? { isUpdate: true } : {}),
      ...(affected ? { change: { components: affected } } : {}),
    };
  });
  return {
    status,
    message: first.message || wordsOf(firstStatus),
    messageStatus: firstStatus,
    ...(first.at === started ? {} : { messageAt: first.at }),
    ...(end === undefined ? {} : { resolved: end }),
    later,
  };
}

/** What is told of an end that the page itself does not take for one, as words. */
function unended(one: ToldUpdate, over: UpdateStatus): ToldUpdate {
  if (one.status !== over) return one;
  const words = wordsOf(over).replace('.', '');
  return { ...one, status: null, message: one.message === '' ? `${words}.` : `${words}: ${one.message}` };
}

/** `In progress.` */
function wordsOf(status: UpdateStatus): string {
  const words = status.replace('_', ' ');
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}

/** A title that fits; if it does not, `before` is the whole, to stand above the first message. */
export function fittingTitle(
  title: string,
  say: (what: string) => void,
): { readonly title: string; readonly before: string } {
  const plain = oneLine(title);
  if (plain.length <= MAX_TITLE) return { title: plain, before: '' };
  say(`its title is longer than ${MAX_TITLE} characters; the whole stands above its first update`);
  const start = plain.slice(0, MAX_TITLE - 1).replace(/[\uD800-\uDBFF]$/, '');
  return { title: `${start}…`, before: `${escapeMarkdown(plain)}\n\n` };
}
