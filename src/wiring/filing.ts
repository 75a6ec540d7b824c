// The wiring of filing: from the transitions that the database keeps to markdown files in the folder.
import type { TemplateFolder } from '../content/templates.ts';
import type { Log } from '../core/log.ts';
import type { Clock } from '../core/time.ts';
import type { Db } from '../store/database.ts';
import * as transitions from '../store/transitions.ts';
import { type File, type Filed, makeFile } from '../work/file.ts';
import type { FileDeps } from '../work/filing-round.ts';
import { type RetireDeps, retiring } from '../work/retire.ts';
import { lastGood } from '../work/storage.ts';

/** Before the first round of filing. */
const NOTHING_FILED: Filed = { wrote: false, unfiled: new Map(), gathering: new Set(), problems: [] };

export interface FilingParts {
  readonly db: Db;
  readonly writer: Pick<FileDeps, 'create' | 'replace'>;
  readonly templates: TemplateFolder;
  readonly sightings: RetireDeps['sightings'];
  readonly retire: RetireDeps['retire'];
  readonly clock: Clock;
  readonly log: Log;
}

/** Files what is pending, the ends of unwatched outages first; while the database cannot be read, its last answer stands. */
export function openFiling(parts: FilingParts): File {
  const { db, writer, templates, sightings, retire, clock, log } = parts;
  const titleOf = async (source: string) => (await transitions.newestTransition(db, source))?.title ?? null;
  const file = makeFile({
    pending: () => transitions.unfiledTransitions(db),
    previousIncident: (source, seq) => transitions.incidentBefore(db, source, seq),
    markFiled: (seq, id, now) => transitions.markFiled(db, seq, id, now),
    ...writer,
    templates: templates.current,
    clock,
    log,
  });
  return lastGood(retiring(file, { sightings, titleOf, retire, log }), NOTHING_FILED);
}
