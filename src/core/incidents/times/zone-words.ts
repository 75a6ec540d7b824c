// Time zones in words: finds zones other than UTC before a time, so that it is not read as UTC.
import { LABEL } from './unread-date.ts';

/** Zone names that are ambiguous or change with the season. */
export const ZONE_NAMES = String.raw`(?:[CEW]ES?T|MES?Z|[AECMP][SDP]?T|A[CEW][SD]T|BST|IST|JST|KST|MSK|SGT|HKT|NZ[SD]?T|SAST|BRT)|(?:Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Europe|Indian|Pacific)\/[A-Z][\w/-]*|Etc\/[A-Z][\w+-]*|US\/(?:Eastern|Central|Mountain|Pacific)`;

/** The fix for a zone's name. */
export const ZONE_FIX = 'write it in UTC, or with its offset: 15:30+01:00';

/** Only in capitals: "at" leads to a time. */
const ABBREVIATED = new RegExp(
  String.raw`(?<![\p{L}\d/-])(?!AT\b)(${ZONE_NAMES}|(?:UK|US) time|(?:[Ee]astern|[Pp]acific)(?: [Tt]ime)?|(?:UTC|GMT)\s?[+-]\d{1,2})[)\]\s]*$`,
  'u',
);

const SEASON = '(?:standard|summer|winter|daylight)';
/** `Central European Summer Time`, `Mountain`: English names of zones. */
const BY_REGION = String.raw`(?:austral\p{L}+ )?(?:central|mountain|atlantic|pacific|(?:north|south|east|west)ern)(?: (?:europ|afric|americ|asia|austral|indones|brazil)\p{L}*)?(?: ${SEASON})?(?: time)?`;
/** `server time`, `Berliner Zeit`, `heure de Paris`: a word for time with its owner. */
const BY_OWNER = [
  String.raw`(?:our|my|server|office|local|${SEASON}|\p{L}+(?:ish|ean|ese)|swiss|german|french|dutch)(?: time)`,
  String.raw`local|\p{L}+ (?:standard|daylight)`,
  String.raw`(?:\p{L}+(?:er|ische)|lokale) zeit|(?:sommer|winter|orts)zeit|(?:lokal\p{L}*|\p{L}+(?:se|sk)) (?:tijd|tid)`,
  String.raw`(?:heure|hora|ora|hor[áa]rio|czasu?) (?:loc|lok|l[ée]gal|oficial|officiel|d['’](?:été|hiver)|de (?:verano|invierno|ver[ãa]o)|italian|fran[cç]|españ|peninsul|pols)\p{L}*`,
].join('|');
/** The same with a place, in capitals. */
const BY_PLACE = String.raw`(?!Res|Rec|Load|Real)\p{Lu}\p{L}+(?: \p{Lu}\p{L}+)? [Tt]ime|(?:[Hh]eure|[Hh]ora|[Oo]ra|[Hh]or[áa]rio) d\p{L}{1,2} \p{Lu}\p{L}+`;

const LABELLED = new RegExp(`^${LABEL}[\\s:;,.([–—-]+`, 'iu');
const whole = (zone: string, flags: string) => new RegExp(`^(?:${zone})$`, flags);
const FORMS = { region: whole(BY_REGION, 'iu'), owner: whole(BY_OWNER, 'iu'), place: whole(BY_PLACE, 'u') };

/**
 * The zone at the end of the words before a time (`Update PST 08:12`); null when there is none. A zone in words must be
 * alone between the label, or a separator, and the time: `Failover to Central` is a place.
 * @param zoned the time has a zone, so that only an abbreviation counts.
 */
export function zoneAtEnd(words: string, zoned: boolean): string | null {
  const short = ABBREVIATED.exec(words)?.[1];
  if (short !== undefined || zoned) return short ?? null;
  const [label] = LABELLED.exec(words) ?? [];
  const rest = words.slice(label?.length ?? 0).replace(/[)\]\s]+$/, '');
  const last = rest.split(/[,;:([–—]\s*/).at(-1)!;
  const isZone = FORMS.region.test(last) || (label && (FORMS.owner.test(last) || FORMS.place.test(last)));
  return isZone ? last : null;
}
