// The headings of reports on what is past (post-mortem, timeline, summary): one list for all that asks for them.

/** Before these a heading may have words that say which report it is. */
const WHICH = String.raw`(?:(?:the|our|full|detailed|incident|event|outage|preliminary|final|public|internal|executive|technical|post-?\s?incident|after[ -]action)\s+)*`;
/** Any words may follow. */
const ALWAYS = String.raw`time-?\s?line|chronology|post-?\s?mortem|retrospective|root[ -]causes?|rca|pir|debrief(?:ing)?|sequence of events|what (?:happened|went (?:wrong|well)|we (?:learn|did|do|are doing|will)\p{L}*)|(?:zeitlicher?\s+)?(?:zeit(?:leiste|verlauf)|verlauf|ablauf|hergang)|ursache|chronologie|cronolog[ií]a|nach(?:betrachtung|bereitung)|(?:incident|outage|post-?\s?incident) (?:report|review|summary)`;
/** Other headings begin with these, too. */
const ALONE = `causes?|analysis|review|report|summary|overview|details|history|log|background|detection|response|recovery|mitigation|resolution|remediation|impact|follow-?ups?|action items|next steps|lessons(?: learned)?|prevention|zusammenfassung|rückblick`;
const SIGN = String.raw`[\p{Extended_Pictographic}\ufe0f\u200d]`;
const REPORT = new RegExp(
  String.raw`^(?:${SIGN}|[*_\s])*(?:${WHICH}(?:${ALWAYS})(?=$|${SIGN}|[\s:,;|()?!.*_–—-])|${WHICH}(?:${ALONE})(?=(?:${SIGN}|[\s?!.*_#])*(?:$|[:;|()–—]|\s-\s|(?:of|and|&|for)\s)))`,
  'iu',
);

/**
 * The level of the report that a line belongs to: headings in it may have any time. 0 for none.
 * @param above the level of the report that the line above belongs to.
 */
export function reportLevel(line: string, above: number): number {
  const [, marks = '', title = ''] = /^ {0,3}(#{1,6})\s+(.*)$/.exec(line) ?? [];
  if (marks === '' || (above > 0 && marks.length > above)) return above;
  return REPORT.test(title) ? marks.length : 0;
}

const POSTMORTEM = new RegExp(
  String.raw`^(?:${SIGN}|[*_\s])*post-?\s?mortem(?:${SIGN}|[\s:?!.*_])*(?:\([^()]*\)(?:${SIGN}|[\s:?!.*_])*)?$`,
  'iu',
);

/** Whether a level-2 heading begins the post-mortem: `Post-mortem`, `Post-mortem (published 2025-11-06 15:30 UTC)`. */
export function isPostmortem(title: string): boolean {
  return POSTMORTEM.test(title);
}
