// The request bodies of the writing API: their zod schemas, and their faults by field.
import * as z from 'zod';
import { INCIDENT_STATUSES, MAINTENANCE_STATUSES, SEVERITIES } from '../../model/incident.ts';
import { MAX_METRIC_VALUE } from '../../model/metric.ts';
import { type Millis, parseInstant } from '../../model/time.ts';
import { oneLine } from '../../text/printable.ts';
import { joinWithOr } from '../../text/yaml.ts';
import { isSilent, MAX_MESSAGE } from '../file/escape.ts';
import { MAX_TITLE } from '../file/schema.ts';

const MOMENT = 'write a date and time like 2025-11-06T14:30:00Z';
const instant = z
  .string(MOMENT)
  .meta({ format: 'date-time' })
  .transform((text, context): Millis => {
    const at = parseInstant(text);
    if (at !== null) return at;
    context.addIssue({ code: 'custom', message: MOMENT });
    return z.NEVER;
  });

/** One line: a line break in a title would break the YAML of the incident file. */
const TITLE = 'say in a few words what visitors notice';
const title = z
  .string(TITLE)
  .transform(oneLine)
  .pipe(z.string().min(1, TITLE).max(MAX_TITLE, `write at most ${MAX_TITLE} characters`));
const message = z.string().max(MAX_MESSAGE, `write at most ${MAX_MESSAGE} characters`);
const SILENT = 'say what is new: this has no visible text';
/** Absent or empty means no message. Only spaces or an HTML comment is a mistake: the author meant to say something. */
const messageIfAny = message.refine(text => text === '' || !isSilent(text), SILENT);
const components = z
  .array(z.string().max(64, 'write the id of a component: at most 64 characters'))
  .max(200, 'name at most 200 components');
const oneOf = <const T extends readonly [string, ...string[]]>(words: T) =>
  z.enum(words, { error: `write ${joinWithOr(words)}` });
const severity = oneOf(SEVERITIES);
const status = oneOf(INCIDENT_STATUSES);
const anyStatus = oneOf([...INCIDENT_STATUSES, ...MAINTENANCE_STATUSES]);

/** `POST /api/incidents`. Without `components` the title decides which ones are affected, as in a file. */
export const openSchema = z.strictObject({
  title,
  status: status.default('investigating'),
  severity,
  components: components.optional(),
  message: messageIfAny.default(''),
  started: instant.optional(),
  resolved: instant.optional(),
});

/** `PATCH /api/incidents/ID`. A new status becomes an update with the message. */
export const changeSchema = z
  .strictObject({
    title: title.optional(),
    status: anyStatus.optional(),
    severity: severity.optional(),
    components: components.optional(),
    message: messageIfAny.optional(),
  })
  .refine(body => Object.values(body).some(value => value !== undefined), 'name at least one field to change')
  .refine(body => body.message === undefined || body.status !== undefined, {
    path: ['message'],
    message: 'a message needs a status; to add a message without a new status, POST it to …/updates',
  });

/** `POST /api/incidents/ID/updates`. Without `status` the incident keeps its own. */
export const updateSchema = z.strictObject({
  status: anyStatus.optional(),
  message: message.refine(text => !isSilent(text), SILENT),
  at: instant.optional(),
});

const finite = `write a number between -${MAX_METRIC_VALUE} and ${MAX_METRIC_VALUE}`;

/** `POST /api/metrics/ID`. Numbers only: `"12"` is most likely a mistake of the sender. */
export const pushSchema = z.strictObject({
  value: z.number({ error: finite }).min(-MAX_METRIC_VALUE, finite).max(MAX_METRIC_VALUE, finite),
  at: instant.optional(),
});

export type PushBody = z.output<typeof pushSchema>;
export type OpenBody = z.output<typeof openSchema>;
export type ChangeBody = z.output<typeof changeSchema>;
export type UpdateBody = z.output<typeof updateSchema>;

/** A fault of one field (RFC 9457); `pointer` is a JSON pointer into the body (RFC 6901). */
export type FieldFault = { readonly field: string; readonly pointer: string; readonly detail: string };

export function faultAt(path: readonly PropertyKey[], detail: string): FieldFault {
  const names = path.map(String);
  const escaped = names.map(name => `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`);
  return { field: names.join('.'), pointer: `#${escaped.join('')}`, detail };
}

/** The words for a field of another type, where its schema has none: `safeParse` takes it. */
export const typeWords: z.core.$ZodErrorMap = issue =>
  issue.code === 'invalid_type' ? `write ${JSON_WORDS[issue.expected] ?? issue.expected}` : undefined;

/** Every fault that zod found, by field. Never repeats a value that was sent. */
export function faultsOf(error: z.ZodError): FieldFault[] {
  return error.issues.flatMap(issue => {
    if (issue.code !== 'unrecognized_keys') return [faultAt(issue.path, issue.message)];
    return issue.keys.map(key => faultAt([...issue.path, key.slice(0, 64)], 'this field is unknown'));
  });
}

const JSON_WORDS: Record<string, string> = {
  string: 'text',
  number: 'a number',
  array: 'a list',
  object: 'a JSON object',
};
