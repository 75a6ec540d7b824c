// The bodies of Statuspage's public API v2, field for field, as schemas for the API's description.
import * as z from 'zod';
import { COMPONENT_STATUSES } from '../../core/model/component.ts';
import { INCIDENT_STATUSES, MAINTENANCE_STATUSES } from '../../core/model/incident.ts';

const id = z.string().regex(/^[a-z0-9]{12}$/);
const time = z.string().regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/);
const componentStatus = z.enum(COMPONENT_STATUSES);
const page = z.strictObject({ id, name: z.string(), url: z.url(), time_zone: z.string(), updated_at: time });
const componentRow = z.strictObject({
  id,
  name: z.string(),
  status: componentStatus,
  created_at: time,
  updated_at: time,
  position: z.number().int().positive(),
  description: z.string().nullable(),
  showcase: z.boolean(),
  start_date: z.iso.date().nullable(),
  group_id: id.nullable(),
  page_id: id,
  group: z.literal(false),
  only_show_if_degraded: z.boolean(),
});
const groupRow = componentRow.extend({ group: z.literal(true), group_id: z.null(), components: z.array(id) });
const listed = z.union([componentRow, groupRow]);
const updateStatus = z.enum([...INCIDENT_STATUSES, ...MAINTENANCE_STATUSES]);
const update = z.strictObject({
  id,
  status: updateStatus,
  body: z.string().regex(/^[^<>]*$/),
  incident_id: id,
  created_at: time,
  updated_at: time,
  display_at: time,
  affected_components: z.array(
    z.strictObject({ code: id, name: z.string(), old_status: componentStatus, new_status: componentStatus }),
  ),
  deliver_notifications: z.boolean(),
  custom_tweet: z.null(),
  tweet_id: z.null(),
});
const entry = z.strictObject({
  id,
  name: z.string(),
  status: updateStatus,
  created_at: time,
  updated_at: time,
  monitoring_at: time.nullable(),
  resolved_at: time.nullable(),
  impact: z.enum(['none', 'minor', 'major', 'critical', 'maintenance']),
  shortlink: z.url(),
  started_at: time,
  page_id: id,
  incident_updates: z.array(update).min(1),
  components: z.array(componentRow),
});
const window = { scheduled_for: time, scheduled_until: time };
const withStatus = (statuses: z.ZodType) => ({
  status: statuses,
  incident_updates: z.array(update.extend({ status: statuses })).min(1),
});
const incidents = z.array(
  entry.extend({
    ...withStatus(z.enum(INCIDENT_STATUSES)),
    impact: z.enum(['none', 'minor', 'major', 'critical']),
  }),
);
const scheduled_maintenances = z.array(
  entry.extend({ ...withStatus(z.enum(MAINTENANCE_STATUSES)), impact: z.literal('maintenance'), ...window }),
);
const status = z.strictObject({
  indicator: z.enum(['none', 'minor', 'major', 'critical', 'maintenance']),
  description: z.string(),
});
const components = z.array(listed);

export type ComponentBody = z.infer<typeof componentRow>;
export type ListedRow = z.infer<typeof listed>;
export type UpdateRow = z.infer<typeof update>;
export type IncidentRow = z.infer<typeof entry> & Partial<z.infer<z.ZodObject<typeof window>>>;
export type StatusRow = z.infer<typeof status>;

/** Path after `/api/v2/` → schema of its body, with exactly these fields. */
export const BODIES: Record<string, z.ZodType> = {
  'summary.json': z.strictObject({ page, components, incidents, scheduled_maintenances, status }),
  'status.json': z.strictObject({ page, status }),
  'components.json': z.strictObject({ page, components }),
  'incidents.json': z.strictObject({ page, incidents }),
  'incidents/unresolved.json': z.strictObject({ page, incidents }),
  'scheduled-maintenances.json': z.strictObject({ page, scheduled_maintenances }),
  'scheduled-maintenances/upcoming.json': z.strictObject({ page, scheduled_maintenances }),
  'scheduled-maintenances/active.json': z.strictObject({ page, scheduled_maintenances }),
};
