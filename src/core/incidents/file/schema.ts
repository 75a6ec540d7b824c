// Schemas of an incident file's front matter, and of the fields under an update's heading.
import * as z from 'zod';
import { COMPONENT_STATUSES, plainWord, plainWords, severityNamed } from '../../model/component.ts';
import {
  type Affected,
  INCIDENT_STATUSES,
  MAINTENANCE_STATUSES,
  SEVERITIES,
  type UpdateStatus,
} from '../../model/incident.ts';
import { schemaIssue } from '../../model/problem.ts';
import { DAY, type Millis, parseDuration, parseInstant } from '../../model/time.ts';
import { oneLine } from '../../text/printable.ts';
import { ruleFault } from '../recurrence-rule.ts';
import { momentOf, readDateTime, readTimeAtEnd } from '../times/written-time.ts';
import { isZone } from '../times/zone.ts';

/** Fast path: the form that this program writes. */
const USUAL = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2})?Z$/;

const instant = z
  .union([z.string(), z.number()], 'write a date and time: 2025-11-06T14:30:00Z')
  .transform((text, context): Millis => {
    const at = (USUAL.test(String(text)) ? parseInstant(String(text)) : null) ?? readDateTime(String(text));
    if (typeof at === 'number') return at;
    const why = at.what.startsWith(`"${text}" is not a date`) ? '' : ` (${at.what})`;
    const wrong = schemaIssue(`"${text}" is not a date and time${why}`, 'write it like 2025-11-06T14:30:00Z');
    context.addIssue(wrong);
    return z.NEVER;
  })
  .describe('ISO 8601 date and time, for instance 2025-11-06T14:30:00Z');

const status = z.enum(COMPONENT_STATUSES);
const unset = (id: string): Affected => ({ id, status: null });

const affected = z
  .union(
    [
      z.array(z.union([z.string().transform(unset), z.object({ id: z.string(), status })])),
      z.string().transform(id => [unset(id)]),
      z
        .record(z.string(), status)
        .transform(map => Object.entries(map).map(([id, given]) => ({ id, status: given }))),
    ],
    'write ids, like `[api, database]`, or ids with a status, like `{ api: partial_outage }`',
  )
  .describe('ids, or id: status, for instance [api, database] or { api: partial_outage }');

const promise = z.union([z.string(), z.number().transform(String)]);

const names = z.union([z.string(), z.number().transform(String)]);

/** The id in a former name or address of an incident (`x`, `x.md`, `/status/incidents/x`), else the path. */
function aliasOf(text: string): string {
  const path = text
    .trim()
    .replace(/^https?:\/\/[^/?#]*/i, '')
    .replace(/\/*(?:[?#].*)?$/s, '')
    .normalize('NFC');
  const id = path.replace(/^\/?(?:status\/)?incidents\//, '').replace(/\.md$/i, '');
  return path.startsWith('/') && id.includes('/') ? path : id.slice(id.lastIndexOf('/') + 1);
}

export const MAX_TITLE = 200;

/** A title as the page shows it; '' if it shows nothing. */
export function shownTitle(title: string): string {
  return oneLine(title.replace(/<!--(?:-?>|[\s\S]*?--!?>)/g, ''));
}

export const frontmatterSchema = z.strictObject({
  title: z
    .union([z.string(), z.number().transform(String)])
    .transform(shownTitle)
    .refine(title => title.length > 0, schemaIssue('is empty', 'say in a few words what visitors notice')),
  status: z.enum([...INCIDENT_STATUSES, ...MAINTENANCE_STATUSES]),
  severity: z.enum(SEVERITIES).optional().describe('how it began; an update may change it'),
  started: instant.optional(),
  resolved: instant.nullish(),
  components: affected.nullish(),
  opened_by: z
    .union([z.string(), z.array(z.string()).min(1)])
    .nullish()
    .describe('who reported it, for instance probe:api; not set for people'),
  notify: z.boolean().default(true).describe('false: subscribers get no email'),
  next_update: instant.nullish().describe('when the next update is promised'),
  scheduled_start: instant.optional().describe('makes it a maintenance'),
  scheduled_end: instant.optional(),
  rrule: z
    .string()
    .superRefine((text, context) => {
      const wrong = ruleFault(text);
      if (wrong !== null) context.addIssue(wrong);
    })
    .nullish()
    .describe('RFC 5545 rule by days by which a maintenance repeats, counted from scheduled_start'),
  timezone: z
    .string()
    .refine(isZone, schemaIssue('this is not a time zone', 'write it like Europe/Berlin'))
    .nullish()
    .describe('zone in which rrule counts, for instance Europe/Berlin; default: that of status.yaml'),
  postmortem: z.unknown().optional(),
  aliases: z
    .union([z.array(names), names.transform(name => [name])])
    .transform(all => all.map(aliasOf).filter(alias => alias !== ''))
    .nullish()
    .describe('former names of the file, the first one first, and other addresses that lead here'),
});

export const fieldsSchema = z.object({
  severity: z.enum(SEVERITIES).optional(),
  components: affected.optional(),
  next_update: promise.optional(),
  notify: z.boolean().optional().describe('false: this update is shown, but not sent'),
  occurrence: z
    .string()
    .refine(
      day => /^\d{4}-\d{2}-\d{2}$/.test(day) && parseInstant(day) !== null,
      schemaIssue('this is not a day', 'write it like 2026-11-29'),
    )
    .optional()
    .describe('day of the occurrence of a recurring maintenance that this update is about'),
});

/** The front matter, or the fields of a section, with status and severity in our spelling (`In Progress`, `High`). */
export function inOurSpelling(given: unknown): unknown {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return given;
  const { status, severity } = given as { status?: unknown; severity?: unknown };
  const level = typeof severity === 'string' ? severityNamed(severity) : undefined;
  const meant =
    typeof status === 'string'
      ? statusMeant(status, 'scheduled_start' in given || 'scheduled_end' in given)
      : null;
  return {
    ...given,
    ...(level === undefined || level === 'ignore' ? {} : { severity: level }),
    ...(meant === null ? {} : { status: meant }),
  };
}

/** When a promised update is due: a date and time, a time of day after the update's own, or a duration; else null. */
export function readPromise(text: string, at: Millis): Millis | null {
  const plain = text.trim();
  const duration = parseDuration(plain);
  if (duration !== null) return at + duration;
  const read = readTimeAtEnd(plain, true);
  if (!read || 'what' in read || read.words !== '') return null;
  return read.date === null ? at + ((((momentOf(read) - at) % DAY) + DAY) % DAY) : momentOf(read);
}

type StatusWords = Partial<Record<UpdateStatus, readonly string[]>>;

/** Words that can mean one status alone, besides the statuses themselves. */
const INCIDENT_WORDS: StatusWords = {
  investigating: plainWords('open opened new ongoing active underway unresolved acknowledged'),
  monitoring: plainWords('watching'),
  resolved: plainWords('closed fixed solved done finished ended over recovered postmortem'),
};
const MAINTENANCE_WORDS: StatusWords = {
  scheduled: plainWords('planned upcoming'),
  in_progress: plainWords('ongoing active started underway'),
  completed: plainWords('closed done finished resolved ended over cancelled canceled postponed'),
};

/** The status that the front matter of an incident, or of a maintenance, means by a word; null if it names none. */
export function statusMeant(word: string, isMaintenance: boolean): UpdateStatus | null {
  const plain = plainWord(word);
  const others = Object.entries(isMaintenance ? MAINTENANCE_WORDS : INCIDENT_WORDS);
  const [other] = others.find(([, named]) => named.includes(plain)) ?? [];
  const known: readonly UpdateStatus[] = [...INCIDENT_STATUSES, ...MAINTENANCE_STATUSES];
  return (other as UpdateStatus | undefined) ?? known.find(status => plainWord(status) === plain) ?? null;
}
