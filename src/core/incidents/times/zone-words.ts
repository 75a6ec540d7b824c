// Time zones in words: finds zones other than UTC before a time, so that it is not read as UTC.
import { LABEL } from './unread-date.ts';

/** Zone names that are ambiguous or change with the season. */
export const ZONE_NAMES = String.raw`(?:[CEW]ES?T|MES?Z|[AECMP][SDP]?T|A[CEW][SD]T|BST|IST|JST|KST|MSK|SGT|HKT|NZ[SD]?T|SAST|BRT|SEČ|SELČ|TRT|WIB|WITA|[EW]AT|PKT|PHT)|(?:Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Europe|Indian|Pacific)\/[A-Z][\w/-]*|Etc\/[A-Z][\w+-]*|US\/(?:Eastern|Central|Mountain|Pacific)`;

/** The fix for a zone's name. */
export const ZONE_FIX = 'write it in UTC, or with its offset: 15:30+01:00';

/** Only in capitals: "at" leads to a time. */
const ABBREVIATED = new RegExp(
  String.raw`(?<![\p{L}\d/-])(?!AT\b)((?:${ZONE_NAMES})(?: [Tt]ime)?|(?:UK|US) time|(?:[Ee]astern|[Pp]acific)(?: [Tt]ime)?|(?:UTC|GMT)\s?[+-]\d{1,2})[)\]\s]*$`,
  'u',
);

const SEASON = '(?:standard|summer|winter|daylight)';
/** `Central European Summer Time`, `US Mountain`: the words that zones are called by in English. */
const BY_REGION = String.raw`(?:(?:us|austral\p{L}+) )?(?:central|mountain|atlantic|pacific|(?:north|south|east|west)ern)(?: (?:europ|afric|americ|asia|austral|indones|brazil)\p{L}*)?(?: ${SEASON})?(?: time)?`;
/** Before a word for time these say how much of it, or of what. */
const NO_OWNER =
  '(?:mehr|keine?|kurze|lange|einige|viel|weitere|etwas|genug|welche|beste|meer|korte|geen|meest|lisää|paljon|vähän|pian|víc|více|málo|dost|dużo|trochę|lång|kort|mer|mycket|lidt|litt|mean|finish|flush|clean|publish|refresh|in|for|für|of|de|over|op|vor|zur|nach|seit)';
/** `server time`, `Berliner Zeit`, `heure de Paris`: a word for time, and whose it is. */
const BY_OWNER = [
  String.raw`(?:our|my|server|office|local|${SEASON}|\p{L}+(?:ish|ean|ese)|swiss|german|french|dutch|\p{L}+ local)(?: time)`,
  String.raw`local|\p{L}+ (?:standard|daylight)|(?:british|irish)(?: ${SEASON})?(?: time)?|uk ${SEASON}(?: time)?|(?:us )?(?:east|west|gulf) coast(?: time)?|mitteleuropäisch\p{L}*`,
  String.raw`(?:\p{L}+ )?(?:sommer|winter|orts|lokal|normal|zomer|sommar|vinter)(?:zeit|tijd|tid)`,
  String.raw`(?:(?:po|do|podle|według) )?(?:\p{L}+ )?\p{L}+ (?:zeit|tijd|tid|aikaa|času|czasu|idő|saati|saatiyle|saatle|vremenu)(?: szerint)?`,
  String.raw`czasu \p{L}+|(?:heure|hora|ora|hor[áa]rio) (?:loc|lok|l[ée]gal|oficial|officiel|d['’](?:été|hiver)|de (?:verano|invierno|ver[ãa]o)|italian|fran[cç]|suisse|belge|españ|peninsul|central)\p{L}*`,
].join('|');
/** The same with a place, in capitals. */
const NO_PLACE =
  '(?:Est(?!on)|Res|Rec|Load|Real|Build|Queue|Wait|Query|Lead|Run|Page|Process|Deliver|Start|Cycle|Execution|Boot|Connect|Sync|Handling|Mean|Average|Median|Ping|More|First|Last|Extra|Part|Full|Up |Down|Idle|Lag|Screen|Travel|Transfer|Shipping)';
/** The same with the name of a place, which begins with a capital. */
const BY_PLACE = String.raw`(?!${NO_PLACE})\p{Lu}\p{L}+(?: \p{Lu}\p{L}+)? [Tt]ime(?: zone)?|(?:[Hh]eure|[Hh]ora|[Oo]ra|[Hh]or[áa]rio)(?: d\p{L}{1,2})? \p{Lu}\p{L}+`;

const LABELLED = new RegExp(`^${LABEL}[\\s:;,.([–—-]+`, 'iu');
const whole = (zone: string, flags: string) => new RegExp(`^(?:${zone})$`, flags);
const FORMS = {
  region: whole(BY_REGION, 'iu'),
  owner: whole(`(?!${NO_OWNER} )(?:${BY_OWNER})`, 'iu'),
  place: whole(BY_PLACE, 'u'),
};

/** `Eastern: Update`, `CET - Update`: the zone first. */
const BEFORE_LABEL = new RegExp(String.raw`^[\s([]*(.*?[^\s)\]:,;.–—-])[\s)\]:,;.–—-]+${LABEL}$`, 'iu');

/**
 * The zone at the end of the words before a time (`Update PST 08:12`); null when there is none. A zone in words must be
 * alone between the label, or a separator, and the time: `Failover to Central` is a place.
 * @param zoned the time has a zone, so that only an abbreviation counts.
 */
export function zoneAtEnd(words: string, zoned: boolean): string | null {
  const [, first] = BEFORE_LABEL.exec(words) ?? [];
  const short = ABBREVIATED.exec(first ?? words)?.[1];
  if (short !== undefined || zoned) return short ?? null;
  const [label] = LABELLED.exec(words) ?? [];
  const rest = (first ?? words.slice(label?.length ?? 0)).replace(/[)\]\s]+$/, '');
  const last = rest.split(/[,;:([–—]\s*/).at(-1)!;
  const isOwner = FORMS.owner.test(last) || FORMS.place.test(last);
  return FORMS.region.test(last) || ((label ?? first) !== undefined && isOwner) ? last : null;
}
