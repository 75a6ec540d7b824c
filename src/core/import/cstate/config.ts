// The settings of a cState site: title, systems, zone and languages, from any of Hugo's files.
import { isZone } from '../../incidents/times/zone.ts';
import type { ComponentIds, ImportedComponent, Remarks } from '../imported.ts';
import { fieldsOf, firstLine, type HugoFields, readSettings, textsIn } from './hugo.ts';

/** A file by its path below the folder that was given. */
export interface SiteText {
  readonly name: string;
  readonly text: string;
}

export interface SiteConfig {
  readonly title: string | null;
  readonly components: readonly ImportedComponent[];
  /** The ids of all components that have the name of one, by the id of the first: an issue affects them all. */
  readonly namesakes: ReadonlyMap<string, readonly string[]>;
  /** IANA name; UTC if it says none. */
  readonly zone: string;
  /** What it says of its zone; null: nothing. */
  readonly timezone: string | null;
  /** The site's own address; null: it says none. */
  readonly address: string | null;
  /** The file that says all this; null: there is none. */
  readonly file: string | null;
  readonly language: string;
  /** The languages by name, in lower case, each with its folder below `content`. */
  readonly languages: ReadonlyMap<string, string>;
}

const MAIN = /^(?:config\/_default\/)?(?:hugo|config)\.(?:toml|ya?ml|json)$/;
/** Files of `config/_default` that hold one key of the whole. */
const PARTS = /^config\/_default\/(params|languages)\.(?:toml|ya?ml|json)$/;

/** @param root the folder of the site in the names of files, '' or with `/` at its end */
export function readConfig(
  files: readonly SiteText[],
  root: string,
  ids: ComponentIds,
  remarks: Remarks,
): SiteConfig {
  const ours = files.filter(({ name }) => name.startsWith(root));
  const called = (pattern: RegExp) => ours.filter(({ name }) => pattern.test(name.slice(root.length)));
  const read = ({ name, text }: SiteText): HugoFields => {
    try {
      return readSettings(name, text);
    } catch (error) {
      remarks.wrong(name, `it cannot be read (${firstLine(error)})`);
      return {};
    }
  };
  // `hugo.*` counts before `config.*`, as in Hugo.
  const mains = called(MAIN).sort(
    (a, b) => Number(/config\.\w+$/.test(a.name)) - Number(/config\.\w+$/.test(b.name)),
  );
  const [main] = mains;
  for (const other of mains.slice(1)) remarks.leftOut(other.name, `Hugo reads ${main!.name} in its place`);
  const parts = called(PARTS).map(
    part => [PARTS.exec(part.name.slice(root.length))![1]!, read(part)] as const,
  );
  const whole: HugoFields = { ...(main ? read(main) : {}), ...Object.fromEntries(parts) };
  const file = main?.name ?? called(PARTS)[0]?.name ?? null;
  const languages = fieldsOf(whole.languages);
  const language = textsIn(whole.defaultcontentlanguage)[0]?.toLowerCase() ?? 'en';
  const own = fieldsOf(languages[language]);
  const params = { ...fieldsOf(whole.params), ...fieldsOf(own.params) };
  const [timezone = null] = textsIn(own.timezone ?? whole.timezone);
  const zone = timezone ?? 'UTC';
  const [address = ''] = textsIn(own.baseurl ?? whole.baseurl);
  const folders = Object.entries(languages).map(([name, of]) => {
    const [folder = name] = textsIn(fieldsOf(of).contentdir);
    return [name, folder.replace(/^content\/?|\/$/g, '')] as const;
  });
  return {
    title: textsIn(own.title ?? whole.title)[0] ?? null,
    ...componentsOf(params, file, ids, remarks),
    zone: isZone(zone) ? zone : 'UTC',
    timezone,
    address: /^https?:\/\/[^/]/i.test(address) && URL.canParse(address) ? address.replace(/\/*$/, '/') : null,
    file,
    language,
    languages: new Map(folders),
  };
}

function componentsOf(
  { systems, categories }: HugoFields,
  file: string | null,
  ids: ComponentIds,
  remarks: Remarks,
): Pick<SiteConfig, 'components' | 'namesakes'> {
  const nameless = new Set(
    (Array.isArray(categories) ? categories : [])
      .map(fieldsOf)
      .filter(({ untitled }) => untitled === true)
      .flatMap(({ name }) => textsIn(name)),
  );
  const namesakes = new Map<string, readonly string[]>();
  const seen = new Set<string>();
  const components = (Array.isArray(systems) ? systems : []).flatMap((system): ImportedComponent[] => {
    // Older sites list names alone.
    const { name, description, category } = typeof system === 'string' ? { name: system } : fieldsOf(system);
    const [called] = textsIn(name);
    if (called === undefined) return [];
    const [group = null] = textsIn(category);
    const first = ids.of(called);
    const place = JSON.stringify([first, group]);
    if (file !== null && seen.has(place)) {
      remarks.leftOut(file, `“${called}” is listed twice; it is taken once`);
      return [];
    }
    seen.add(place);
    const before = namesakes.get(first) ?? [];
    const id = before.length === 0 ? first : ids.of(called, place);
    namesakes.set(first, [...before, id]);
    return [
      {
        id,
        name: called,
        description: textsIn(description)[0] ?? null,
        group: group !== null && nameless.has(group) ? null : group,
      },
    ];
  });
  if (file !== null && components.length === 0)
    remarks.leftOut(file, 'it has no `params.systems`, so the components are those that issues name');
  return { components, namesakes };
}
