// Prometheus Alertmanager and Grafana: many alerts in one POST, each firing or resolved.
import {
  address,
  fieldsOfObject,
  fingerprint,
  first,
  identity,
  line,
  MESSAGE,
  NAME,
  readTimestamp,
} from '../../fields.ts';
import { A_TEST, byWord, ignored, type SenderResult, type SenderSignal, signal } from '../../signal.ts';

/** More alerts in one POST are refused; Alertmanager's `max_alerts` is usually far lower. */
const MAX_ALERTS = 1000;

/**
 * Reads Alertmanager's webhook, version 4. The label `component` names the component. Monitor: the rule, so that the
 * alerts of ten pods are one outage; alert: its fingerprint (made of its labels when absent); event: state and start.
 */
export function alertmanager(input: unknown): SenderResult {
  const body = fieldsOfObject(input);
  if (!body || !Array.isArray(body.alerts)) {
    return { problem: `expected {"status": …, "alerts": [{"status": "firing", "labels": {…}}, …]}` };
  }
  const { length } = body.alerts;
  if (length > MAX_ALERTS)
    return { problem: `${length} alerts in one request: send at most ${MAX_ALERTS} (max_alerts)` };
  const signals: SenderSignal[] = [];
  for (const [index, alert] of body.alerts.entries()) {
    const read = readAlert(alert, body);
    if (read) signals.push(read);
    else
      return {
        problem: `alerts[${index}] has no status or no label: expected {"status": "firing" or "resolved", "labels": {"alertname": …}}`,
      };
  }
  return { signals };
}

/**
 * Grafana's unified alerting sends Alertmanager's format with more fields; its legacy alerting (before 9) sends one
 * `ruleName` with a `state`. Grafana's own errors (`DatasourceError`, `DatasourceNoData`) and the contact point's test
 * are no outages.
 */
export function grafana(input: unknown): SenderResult {
  const body = fieldsOfObject(input);
  if (body && !Array.isArray(body.alerts) && 'ruleName' in body) return readLegacy(body);
  return alertmanager(input);
}

function readAlert(alert: unknown, body: Record<string, unknown>): SenderSignal | null {
  const fields = fieldsOfObject(alert);
  const labels = fieldsOfObject(fields?.labels) ?? {};
  const notes = fieldsOfObject(fields?.annotations) ?? {};
  const status = first(20, fields?.status, body.status).toLowerCase();
  const print = line(fields?.fingerprint, 64);
  if (!fields || status === '' || (print === '' && Object.keys(labels).length === 0)) return null;
  // Without a name (Grafana, renamed labels) an alert has its group's.
  const group = { ...fieldsOfObject(body.commonLabels), ...fieldsOfObject(body.groupLabels) };
  const common = fieldsOfObject(body.commonAnnotations) ?? {};
  const rule = first(NAME, labels.alertname, labels.rulename, group.alertname) || 'Alert';
  const start = readTimestamp(fields.startsAt);
  const why = reasonToIgnore(labels, status);
  const kind = why !== null ? 'ignored' : status === 'firing' ? 'down' : 'up';
  return signal(kind, {
    monitor: rule,
    alert: print || ownFingerprint(labels),
    name: rule,
    says: 'alert',
    url: address(labels.url) ?? address(labels.target) ?? address(line(labels.instance, NAME)),
    at: status === 'resolved' ? readTimestamp(fields.endsAt) : start,
    // Its annotations are about what fires, also in its end.
    message:
      kind === 'up' ? '' : first(MESSAGE, common.summary, notes.summary, notes.description, notes.message),
    component: line(labels.component, NAME) || null,
    also: [line(labels.service, NAME)].filter(Boolean),
    severity: [labels.severity, labels.priority].map(label => line(label, 60)).filter(Boolean),
    event: start === null ? null : `${status}@${start}`,
    ...(why === null ? {} : { why }),
  });
}

function reasonToIgnore(labels: Record<string, unknown>, status: string): string | null {
  const rule = line(labels.alertname, NAME);
  if (status !== 'firing' && status !== 'resolved')
    return `status "${status}" is neither firing nor resolved`;
  if (rule === 'TestAlert' && line(labels.instance, NAME) === 'Grafana') return A_TEST;
  if (rule === 'DatasourceError' || rule === 'DatasourceNoData')
    return 'a problem with Grafana’s own data source';
  return null;
}

/** Labels identify an alert, in any order. */
function ownFingerprint(labels: Record<string, unknown>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}=${line(value, 1000)}`);
  return fingerprint(pairs.sort().join('\n'));
}

function readLegacy(body: Record<string, unknown>): SenderResult {
  const name = first(NAME, body.ruleName, body.title);
  const state = line(body.state, 20).toLowerCase();
  if (name === '' || state === '')
    return { problem: 'expected {"ruleName": …, "state": "alerting" or "ok"}' };
  const tags = fieldsOfObject(body.tags) ?? {};
  const fields = {
    monitor: identity(body.ruleId) || name,
    name,
    message: state === 'ok' ? '' : line(body.message, MESSAGE),
    component: line(tags.component, NAME) || null,
    severity: [line(tags.severity, 60)].filter(Boolean),
    says: 'alert',
  } as const;
  if (name === 'Test notification' && fields.message.startsWith('Someone is testing the alert notification'))
    return ignored(fields, A_TEST);
  const words = { down: ['alerting'], up: ['ok'] };
  return byWord(fields, state, words, `state "${state}" is neither alerting nor ok`);
}
