// Which components an incident of a Statuspage affected, and from which update on.
import { yamlList } from '../../incidents/file/yaml-values.ts';
import { COMPONENT_STATUSES, type ComponentStatus } from '../../model/component.ts';
import type { Affected } from '../../model/incident.ts';
import { ComponentIds, type ComponentName } from '../imported.ts';
import type { SourceComponent, SourceIncident, SourceUpdate } from './shapes.ts';

interface AffectedOf {
  readonly atFirst: readonly Affected[];
  /** By the place of an update: all that is affected from then on; null: as before. */
  readonly changes: readonly (readonly Affected[] | null)[];
}

/** Statuspage's words where a list is empty. */
const NOBODY = /^no components were affected/i;
/** The longest list of a front matter, and all lists of a file together, characters. */
const MAX_LIST = 6_000;
const MAX_LISTS = 20_000;

/** Finds the components that incidents name, by their code there or by their name. */
export class AffectedComponents {
  readonly #ids: ComponentIds;
  /** Codes by name, and by `Group - Name`. */
  readonly #codes = new Map<string, string>();

  constructor(
    here: readonly ComponentName[],
    components: ReadonlyMap<string, SourceComponent>,
    incidents: readonly SourceIncident[],
  ) {
    this.#ids = new ComponentIds(here);
    const inIncidents = incidents.flatMap(one => one.components ?? []);
    for (const { id, name, group, group_id } of [
      ...components.values(),
      ...inIncidents.map(one => ({ ...components.get(one.id), ...one })),
    ]) {
      if (group) continue;
      this.#ids.of(name, id);
      const whole = group_id && components.get(group_id)?.name;
      for (const called of [name, ...(whole ? [`${whole} - ${name}`] : [])])
        if (!this.#codes.has(called.toLowerCase())) this.#codes.set(called.toLowerCase(), id);
    }
  }

  get named(): readonly ComponentName[] {
    return this.#ids.named;
  }

  idOf(code: string, name: string): string {
    return this.#ids.of(name, code);
  }

  /** @param updates oldest first */
  of(
    source: SourceIncident,
    updates: readonly SourceUpdate[],
    impact: string | null,
    isWork: boolean,
    say: (what: string) => void,
  ): AffectedOf {
    const touched = updates.map(one => this.#touchedIn(one));
    const told = new Set(touched.flat().map(({ id }) => id));
    const named = (source.components ?? []).map(one => this.idOf(one.id, one.name));
    if (isWork) {
      const all = new Set([...named, ...told]);
      return { atFirst: fitting([...all].map(unset), say), changes: [] };
    }
    // Those that no update mentions were affected all the time.
    const always = named.filter(id => !told.has(id)).map(unset);
    const usual: ComponentStatus | null =
      impact === 'none' ? 'operational' : impact === 'maintenance' ? 'under_maintenance' : null;
    const state = new Map([...(touched[0] ?? []), ...always].map(one => [one.id, one.status ?? usual]));
    const list = (): Affected[] => [...state].map(([id, status]) => ({ id, status }));
    const atFirst = fitting(list(), say);
    let left = MAX_LISTS;
    const changes = updates.map(({ status }, index) => {
      const before = yamlList(list());
      for (const one of touched[index]!) state.set(one.id, one.status ?? usual);
      const now = list();
      const written = yamlList(now);
      if (index === 0 || written === before || status === 'resolved') return null;
      left -= written.length;
      if (written.length <= MAX_LIST && left > 0) return now;
      say('it names so many components that their states in later updates are left out');
      return null;
    });
    return { atFirst, changes };
  }

  #touchedIn({ affected_components: list }: SourceUpdate): Affected[] {
    return (list ?? [])
      .filter(({ name, code, id }) => (code ?? id) != null || !NOBODY.test(name))
      .map(({ name, code, id, new_status }) => {
        const known = code ?? id ?? this.#codes.get(name.toLowerCase());
        return {
          id: this.#ids.of(name, known),
          status: COMPONENT_STATUSES.find(status => status === new_status) ?? null,
        };
      });
  }
}

function unset(id: string): Affected {
  return { id, status: null };
}

/** As many as a front matter holds; first without their states. */
function fitting(all: readonly Affected[], say: (what: string) => void): readonly Affected[] {
  if (yamlList(all).length <= MAX_LIST) return all;
  const names = all.map(({ id }) => unset(id));
  let most = names.length;
  while (yamlList(names.slice(0, most)).length > MAX_LIST) most -= 1;
  say(
    most < names.length
      ? `it names ${names.length} components, of which the first ${most} are taken`
      : `it names ${names.length} components, whose states at the beginning are left out`,
  );
  return names.slice(0, most);
}
