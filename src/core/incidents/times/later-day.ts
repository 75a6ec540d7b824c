// "The next day" in several European languages: words that move a time to another day.
import { folded } from './month-names.ts';

/** Words for days and parts of a day, without accents. */
const DAY =
  /^(?:day|matin|soir|mattina|sera|manana|manha|tarde|ochtend|avond|ranka|ranek|wieczor|abend|kvall|kveld|aften|morgen|(?:werk)?tag(?:e[ns]?|s)?|nachte?|wochen?|jours?|nuits?|semaines?|giorn[oi]|nott[ei]|settiman[ae]|dias?|noches?|semanas?|dag(?:en|e|ar|arna|inn|s)?|daags|weken|week|uker?|vecka|veckor|dni|dnia|dzien)$/;
/** Beginnings of words that make it another day. */
const OTHER =
  /^(?:following|ander(?:en|er|n)?$|gestern$|heute$|gisteren$|drauf$|fruh$|vroeg$|ieri$|hier$|darpa$|kolejn|næsta$|eftir$|second$|third$|two$|three$|zweit|dritt|deuxieme|troisieme|second[oa]$|terz|segund|tercer|tweede|derde|drugi|nachst|folgend|darauf|danach|spater|zuvor|vorher|suivant|prochain|plus|apres|avant|precedent|dopo|seguent|successiv|prossim|siguient|despues|antes|proxim|seguint|depois|volgend|later|erna$|daarna|nasta$|næste|neste|følgende|foljande|efter|etter|senare|senere|nastepn|pozniej)/;
/** Both in one word. */
const BOTH =
  /^(?:folgetag|ubermorgen|vorgestern|tagsdarauf|lendemain|surlendemain|veille|indomani|dopodomani|avantieri|anteayer|overmorgen|eergisteren|overmorgon|anoche|anteanoche|vannacht|gister(?:en)?(?:avond|nacht|ochtend)|stamattina|stasera|tmrw|tmr|endema|masnap|sutradan|nazajutrz|pojutrze|przedwczoraj)$/;
/** `après-demain`, `a doua zi`, `druhý den`: one of the two has other meanings, too. */
const PAIRS = new RegExp(
  `^(?:apres demain|avant hier|pasado manana|den pozdeji|${[
    '(?:druhy|dalsi|nasledujici|nasledujuci|pristi) den|(?:druheho|dalsiho|nasledujiciho|nasledujuceho) dne|doua zi|ziua urmatoare',
    '(?:sljedec|slijedec|sledec|iduc|drug|naslednj|slededn)[a-z]* (?:dan|dana|dne|jutro)|seuraava[a-z]* (?:paiva|aamu|ilta)[a-z]*',
    'jargmi[a-z]+ (?:paev|hommik)[a-z]*|kita diena|nakama[a-z]* diena|(?:ertesi|sonraki) (?:gun|sabah|aksam)|keesokan hari[a-z]*',
    'nuit derniere|notte scorsa|noite passada|noche anterior|otro dia|esta noche|cette nuit|ce (?:matin|soir)|questa notte|[ai] (?:morgun|gær)',
    'kovetkezo (?:nap|reggel)[a-z]*|i (?:over)?morg[eo]n|(?:letzt|vergangen)e[nr]? (?:nacht|abend|woche|tag)|am vor(?:tag|abend)|tag (?:zwei|drei|vier)|ubernachste[nrs]? tag|i gar|ayer (?:por|noche)|manana por|yarin sabah|hurrengo egun[a-z]*',
  ].join('|')})$`,
);

/** The words for another day among the last four of a line (`am nächsten Tag`); null when there are none. */
export function laterDay(line: string): string | null {
  const found = [...line.matchAll(/[\p{L}\p{M}]+/gu)].slice(-4);
  const words = found.map(([word]) => folded(word));
  const text = (from: number, to: number) =>
    line.slice(found[from]!.index, found[to]!.index + found[to]![0].length);
  for (const [index, word] of words.entries()) {
    if (BOTH.test(word)) return text(index, index);
    if (index > 0 && PAIRS.test(`${words[index - 1]} ${word}`)) return text(index - 1, index);
    if (!DAY.test(word)) continue;
    for (const other of [index - 1, index + 1, index + 2])
      if (OTHER.test(words[other] ?? '')) return text(Math.min(index, other), Math.max(index, other));
  }
  return null;
}
