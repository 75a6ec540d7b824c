// The wiring of filing: from transitions in the database to markdown files in the folder.
import type { TemplateFolder } from '../content/templates.ts';
import type { Log } from '../core/model/ports/log.ts';
import type { Clock } from '../core/model/time.ts';
import type { Db } from '../store/db/database.ts';
import * as transitions from '../store/incidents/transitions.ts';
import { type File, type Filed, makeFile } from '../work/incidents/file.ts';
import type { FileDeps } from '../work/incidents/filing-round.ts';
import { type RetireDeps, retiring } from '../work/incidents/retire.ts';
import { lastGood } from '../work/timing/storage.ts';

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

/** Files what is pending, the ends of removed checks' outages first; while the database cannot be read, its last answer counts. */
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
