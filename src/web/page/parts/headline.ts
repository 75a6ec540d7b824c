// The overall status in words: one sentence, never vaguer or kinder than what stands beneath it.

import type { Values } from '../../../core/i18n/words.ts';
import { badness, type Health } from '../../../core/model/component.ts';
import type { OverallStatus, Snapshot } from '../../../core/page/snapshot.ts';
import { plainOf, type Tell } from '../context.ts';
import { icon } from './status-style.ts';

export interface OverallText {
  /** The state whose icon and colour stand beside the sentence. */
  readonly health: Health;
  readonly icon: string;
  readonly html: string;
  /** The same sentence as plain text, for the title and for chats. */
  readonly plain: string;
  /** What the sentence leaves out, each a sentence of its own. */
  readonly notes: readonly string[];
}

/** More names than this and the sentence counts instead of listing. */
const NAMED = 3;

/** Puts the snapshot's overall status into words. */
export function overallText(snapshot: Snapshot, tell: Tell): OverallText {
  const { overall } = snapshot;
  const { state: health } = overall;
  const html = sentence(overall, snapshot, tell);
  return { health, icon: icon(health), html, plain: plainOf(html), notes: notes(snapshot, tell) };
}

/** The overall status as a picture tells it: without durations, the moment on a line of its own. */
export function overallHeadline(snapshot: Snapshot, tell: Tell) {
  const { overall } = snapshot;
  const since =
    overall.since === null
      ? []
      : [tell.say('component.since', { since: tell.dates.dateTime(overall.since) })];
  return {
    health: overall.state,
    headline: plainOf(sentence({ ...overall, since: null }, snapshot, tell, 'dateTime')),
    notes: [...since, ...notes(snapshot, tell, 'dateTime')],
  };
}

/** What is not known though it should be, as HTML; null while all is. */
function doubt({ interrupted, stalePage }: OverallStatus, tell: Tell, style: Style): string | null {
  if (stalePage !== undefined) return tell.html('verdict.stale', { since: tell.time(stalePage, style) });
  if (!interrupted) return null;
  const names = few(interrupted.names);
  return tell.html('verdict.interrupted', { names, since: tell.time(interrupted.since, style) });
}

type Style = 'near' | 'dateTime';

/** The names, as long as they are not too many. */
function few(names: readonly string[]): string {
  return (names.length > 8 ? [...names.slice(0, 8), `+${names.length - 8}`] : names).join(', ');
}

function sentence(
  overall: OverallStatus,
  { checkedAt }: Snapshot,
  tell: Tell,
  style: Style = 'near',
): string {
  const { state, worst, total, isNothingKnown, loose } = overall;
  if (worst.length === 0) {
    if (loose.length === 1) return tell.html('verdict.loose', { title: loose[0]! });
    if (loose.length > 1) return tell.html('verdict.loose_many', { n: loose.length });
    const unsure = doubt(overall, tell, style);
    if (unsure !== null) return unsure;
    if (total === 0) return tell.html('verdict.none');
    if (!isNothingKnown) return tell.html(state === 'no_data' ? 'verdict.well_so_far' : 'verdict.well');
    return tell.html(checkedAt === null ? 'verdict.empty' : 'verdict.no_data');
  }
  if (state === 'under_maintenance' && worst.length <= NAMED) {
    return tell.html('verdict.maintenance', { names: worst.join(', ') });
  }
  const since = overall.since === null ? null : tell.time(overall.since, 'near');
  // Kept together: "1 h" must not end one line of the headline and "37 min" begin the next.
  const duration = overall.since === null ? '' : together(tell.dates.duration(tell.at - overall.since));
  const say = (key: 'verdict.named' | 'verdict.many' | 'verdict.all', values: Values) =>
    since ? tell.html(`${key}_since`, { ...values, since, duration }) : tell.html(key, values);
  if (worst.length === total && total > 1) return say('verdict.all', { state: tell.say(`state.${state}`) });
  if (worst.length <= NAMED) {
    return say('verdict.named', { names: worst.join(', '), state: tell.say(`in.${state}`) });
  }
  return say('verdict.many', { state: tell.say(`state.${state}`), count: worst.length, total });
}

function notes({ overall, components, missingSince }: Snapshot, tell: Tell, style: Style = 'near'): string[] {
  const said: string[] = [];
  const { worst, affected, total, loose, interrupted } = overall;
  const unsure = doubt(overall, tell, style);
  if (unsure !== null && worst.length + loose.length > 0) said.push(plainOf(unsure));
  if (affected > worst.length) said.push(others(overall, components, tell));
  // Alone in the headline it is already said; in company it is not.
  if (worst.length > 0 || loose.length > 1)
    for (const title of loose) said.push(tell.say('verdict.also', { title }));
  // Nothing known at all is the headline's own word, unless an incident took it.
  const unknown = overall.unknown.filter(name => !interrupted?.names.includes(name));
  if (unknown.length > 0 && (unknown.length < total || loose.length > 0))
    said.push(tell.say('verdict.unknown', { names: few(unknown) }));
  if (missingSince !== null) said.push(tell.say('verdict.missing'));
  else if (overall.unread > 0) said.push(tell.say('verdict.unread', { n: overall.unread }));
  return said;
}

/** Who else is not well: by name while that is short. */
function others(
  { state, worst, affected }: OverallStatus,
  components: Snapshot['components'],
  tell: Tell,
): string {
  const rest = components.filter(({ health }) => badness(health) > 0 && health !== state);
  if (rest.length === 0 || rest.length > NAMED) {
    return tell.say('verdict.others', { n: affected - worst.length });
  }
  return rest
    .map(({ component: { name }, health }) =>
      tell.say('verdict.named', { names: name, state: tell.say(`in.${health}`) }),
    )
    .join(' · ');
}

function together(text: string): string {
  return text.replaceAll(' ', '\u00a0');
}
