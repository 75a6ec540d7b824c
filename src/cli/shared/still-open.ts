// What goes on beside a draft: open incidents of the same components, and sources that fail on after its end.

import { phraseOf } from '../../core/filing/grouped-file.ts';
import { affectedIn } from '../../core/filing/joining.ts';
import { nextOf, outagesLeftOpen, SETTLING } from '../../core/filing/left-open.ts';
import { spell } from '../../core/i18n/spell.ts';
import { type Incident, isOpen, keyOf } from '../../core/model/incident.ts';
import type { Site } from '../../core/model/site.ts';
import { makeReadOutages } from '../../store/incidents/recorded-transitions.ts';
import { Identities } from '../../work/incidents/identities.ts';
import type { Cli } from './command.ts';
import { readableDatabase } from './incident-files.ts';

/** A sentence for each open incident that affects a component of a new one, with how to continue it. */
export function openBeside(incident: Incident, all: readonly Incident[], site: Site): string[] {
  if (!isOpen(incident)) return [];
  const affected = affectedIn(incident, site);
  return all.filter(isOpen).flatMap(other => {
    const { id, title } = other;
    const ids = affectedIn(other, site);
    const shared = site.components.filter(one => affected.has(one.id) && ids.has(one.id));
    if (shared.length === 0) return [];
    const names = phraseOf(shared.map(({ name }) => name));
    return [`"${title}" (${id}) is open on ${names}: \`incident update ${id}\` continues it.`];
  });
}

/**
 * A sentence for each source that still fails in an incident that is resolved, and that gets one of its own or joins
 * another; empty without a database.
 * @param all the incidents as they were read, with an older version of this one
 */
export async function failingOn(
  incident: Incident,
  all: readonly Incident[],
  site: Site,
  cli: Cli,
): Promise<string[]> {
  const db = incident.status === 'resolved' ? await readableDatabase(cli) : null;
  if (!db) return [];
  try {
    const now = cli.clock();
    const after = all.map(one => (one.id === incident.id ? incident : one));
    const named = await new Identities(db, 'reader').of(after, now);
    const name = named.filter(({ id }) => id === incident.id).map(keyOf);
    const left = outagesLeftOpen(named, await makeReadOutages(db)(), site, [], now);
    return left
      .filter(one => name.includes(one.incident))
      .map(one => {
        const rest = Math.max(0, one.ended + SETTLING - now);
        const when = rest > 0 ? `in ${spell(rest)} unless it recovers` : 'at once';
        return `${one.source} still fails: ${nextOf(one)} ${when}.`;
      });
  } finally {
    await db.destroy();
  }
}
