// Names of months and weekdays in many languages.
import { nearestWord } from '../../model/problem.ts';

const MONTHS =
  'january|jan|januar|jänner|janvier|enero|gennaio|januari|janeiro,february|feb|februar|februari|février|febrero|febbraio|fevereiro,march|mar|märz|mär|mrz|maerz|mars|marzo|maart|março,april|apr|avril|abril|aprile,may|mai|mayo|maggio|mei|maio,june|jun|juni|juin|junio|giugno|junho,july|jul|juli|juillet|julio|luglio|julho,august|aug|août|agosto|augustus,september|sep|sept|septembre|septiembre|settembre|setembro,october|oct|oktober|okt|octobre|octubre|ottobre|outubro,november|nov|novembre|noviembre|novembro,december|dec|dezember|dez|décembre|diciembre|dicembre|dezembro'
    .split(',')
    .map(names => names.split('|').map(folded));
const DAYS =
  'sunday|sun|sonntag|so,monday|mon|montag|mo,tuesday|tues|tue|dienstag|di,wednesday|wed|mittwoch|mi,thursday|thurs|thur|thu|donnerstag|do,friday|fri|freitag|fr,saturday|sat|samstag|sonnabend|sa'
    .split(',')
    .map(names => names.split('|'));
const ROMAN = 'i ii iii iv v vi vii viii ix x xi xii'.split(' ');
/** Languages whose names come from ICU; Chinese, Japanese and Korean write months as numbers. */
const LANGUAGES = 'pl cs sk hu ro tr fi et lv lt sv da nb nl pt es it fr ca hr sl uk ru bg be sr el id'.split(
  ' ',
);

export const DAY_NAMES = alternatives(DAYS.flat());
/** Names that are no other word, nor part of one. */
export const LONG_DAY_NAMES = alternatives(DAYS.flat().filter(name => name.length > 5 || /day$/.test(name)));
/** Months in English, German and related languages, without accents. */
export const MONTH_NAMES = alternatives(MONTHS.flat());

function alternatives(names: readonly string[]): string {
  return [...names].sort((a, b) => b.length - a.length).join('|');
}

/** Lower case without accents: `KASIM`, `Kasım` and `kasim` are the same. */
export function folded(word: string): string {
  return word.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().replace(/ı/g, 'i');
}

/** The months (1 to 12) that a word may mean: listopad is October in one language, November in others. */
export function monthsNamed(word: string): readonly number[] {
  const name = folded(word);
  const usual = MONTHS.findIndex(names => names.includes(name)) + 1;
  if (usual > 0) return [usual];
  const roman = ROMAN.indexOf(name) + 1;
  if (roman > 0) return [roman];
  others ??= namesElsewhere();
  return [...(others.get(name) ?? [])].sort((a, b) => a - b);
}

export function monthName(month: number): string {
  return capital(MONTHS[month - 1]![0]!);
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

/** The month that a mistyped word most likely means (`Novmber`); undefined for other words. */
export function nearMonth(word: string): string | undefined {
  const name = folded(word);
  if (name.length < 5) return undefined;
  const alike = MONTHS.flat().filter(
    one => one.length >= 5 && one[0] === name[0] && Math.abs(one.length - name.length) <= 2,
  );
  const near = nearestWord(name, alike, name.length < 7 ? 1 : 2);
  return near && capital(near);
}

export function weekdayNamed(name: string): number {
  return DAYS.findIndex(names => names.includes(name.toLowerCase()));
}

export function dayName(day: number): string {
  return capital(DAYS[day]![0]!);
}

/** A weekday's name, or a word for yesterday, today or tomorrow. */
interface DayWord {
  readonly text: string;
  readonly index: number;
  /** 0 for Sunday; empty for words like yesterday. */
  readonly days: readonly number[];
  /** `ven.`, `sáb`: may be another word in another language. */
  readonly isShort: boolean;
}

/** The word for a day at the end of a line, of one or two parts (`i går`); null when there is none. */
export function dayWordAtEnd(words: string): DayWord | null {
  const line = words.replace(/[\s,)\]]+$/u, '');
  const starts = [...line.matchAll(/[^\s,:([–—]+/gu)].slice(-2);
  for (const { index } of starts) {
    const text = line.slice(index);
    const plain = text.replace(/\.$/, '');
    dayNames ??= dayNamesElsewhere();
    const name = plainDay(plain);
    const found = dayNames.words.get(name) ?? inflected(name, dayNames);
    if (!found || /(?:^|\s)(?:santo|são|san)\s$/iu.test(line.slice(0, index))) continue;
    const isUsual =
      text !== plain || (plain.length > 2 && plain === plain.toLowerCase()) || !LATIN.test(plain);
    if (!found.isShort || isUsual) return { text, index, ...found, days: [...found.days] };
  }
  return null;
}

const LATIN = /\p{Script=Latin}/u;
type DayName = { readonly days: Set<number>; isShort: boolean };
/** `stems`: of weekdays in inflected languages: `sobot`, `пятниц`. */
type DayNames = { readonly words: Map<string, DayName>; readonly stems: [string, DayName][] };
/** Collected on first use: it takes 200 ms and is rarely needed. */
let dayNames: DayNames | undefined;
const INFLECTED = 'pl cs sk hu fi lv lt hr sl uk ru bg be sr el'.split(' ');
const RELATIVE_DAYS =
  'wczoraj dzisiaj dziś jutro včera dnes zítra zajtra tegnap holnap ieri azi mâine dün bugün yarın eilen tänään huomenna eile täna homme vakar šodien šiandien rytoj igår idag gisteren vandaag ontem hoje amanhã ayer hoy mañana oggi domani hier aujourdhui demain ahir avui demà jučer danas sutra včeraj danes jutri учора сьогодні завтра вчера сегодня днес утре сёння заўтра јуче данас сутра χθες σήμερα αύριο kemarin besok'
    .split(' ')
    .concat('i går', 'i dag', 'i morgen', 'hari ini', 'hôm qua', 'hôm nay', 'ngày mai');

function plainDay(word: string): string {
  return folded(word).replace(/['’ʼ׳]/g, '');
}

function inflected(name: string, { stems }: DayNames) {
  return stems.find(([stem]) => name.startsWith(stem) && name.length - stem.length <= 3)?.[1];
}

function dayNamesElsewhere(): DayNames {
  const found: DayNames['words'] = new Map();
  const stems: DayNames['stems'] = [];
  const add = (value: string, day: number | null, isShort: boolean) => {
    const name = plainDay(value.replace(/\.$/, ''));
    const known = found.get(name) ?? { days: new Set<number>(), isShort };
    if (day !== null) known.days.add(day);
    if (!isShort) known.isShort = false;
    found.set(name, known);
    return [name, known] as const;
  };
  for (const language of [...LANGUAGES, ...'ja zh ko vi th hi ar he fa'.split(' ')]) {
    for (const weekday of ['long', 'short'] as const) {
      const format = new Intl.DateTimeFormat(language, { weekday, timeZone: 'UTC' });
      for (let day = 0; day < 7; day++) {
        const value = format.format(Date.UTC(2026, 0, 4 + day));
        const isShort = weekday === 'short' || (value.length < 4 && LATIN.test(value));
        const [name, known] = add(value, day, isShort);
        // Portuguese drops the second half.
        if (name.endsWith('-feira')) add(name.slice(0, -6), day, false);
        const stem = name.replace(/(?:is|[aeiouyаяеиоуъьюіїыэαηο])$/u, '');
        if (!isShort && INFLECTED.includes(language) && stem.length >= 4) stems.push([stem, known]);
      }
    }
  }
  for (const word of RELATIVE_DAYS) add(word, null, false);
  return { words: found, stems };
}

/** Collected on first use: it takes some 30 ms and is rarely needed. */
let others: ReadonlyMap<string, ReadonlySet<number>> | undefined;

function namesElsewhere(): ReadonlyMap<string, ReadonlySet<number>> {
  const found = new Map<string, Set<number>>();
  const add = (value: string, month: number) => {
    const name = folded(value).replace(/[.\s]+$/, '');
    if (!/^\p{L}{2,}$/u.test(name)) return;
    found.set(name, (found.get(name) ?? new Set()).add(month));
  };
  const options = [
    { month: 'long' },
    { day: 'numeric', month: 'long', year: 'numeric' },
    { day: 'numeric', month: 'short', year: 'numeric' },
  ] as const;
  for (const format of LANGUAGES.flatMap(language =>
    options.map(option => new Intl.DateTimeFormat(language, { ...option, timeZone: 'UTC' })),
  )) {
    for (let month = 1; month <= 12; month++) {
      const parts = format.formatToParts(Date.UTC(2026, month - 1, 15));
      for (const { type, value } of parts) if (type === 'month') add(value, month);
    }
  }
  return found;
}
