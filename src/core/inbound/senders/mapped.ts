// Custom webhooks: read by the mapping in status.yaml.
import { query } from 'jsonpath-rfc9535';
import type { Mapping } from '../../model/site.ts';
import { readWith } from '../shape.ts';
import { fromSender, type WebhookReader } from '../signal.ts';
import { WORDS } from './generic.ts';

/** The reader of `/webhooks/NAME`, for bodies, forms and queries. */
export function mapped(sender: string, mapping: Mapping): WebhookReader {
  const { monitor, status, message, event, severity, component, down, up } = mapping;
  const paths = (path: string | null) => (path === null ? [] : [path]);
  const shape = {
    ...(down ? { down } : { down: WORDS.down, degraded: WORDS.degraded, alerts: WORDS.alerts }),
    ...(up ? { up } : { up: WORDS.up, over: WORDS.over }),
    status: [status],
    name: [monitor],
    message: paths(message),
    event: paths(event),
    severity: paths(severity),
    component: paths(component),
    example: 'what `webhooks:` in status.yaml says',
  };
  return fromSender(sender, input => readWith(shape, path => valueAt(input, path)));
}

function valueAt(input: unknown, path: string): unknown {
  const found = query(input as Parameters<typeof query>[0], path) as unknown[];
  return found[0];
}
