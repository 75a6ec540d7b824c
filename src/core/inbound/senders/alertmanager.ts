// Prometheus Alertmanager and Grafana: many alerts in one POST, each firing or resolved by itself.
import { address, fieldsOf, fingerprint, first, identity, line, MESSAGE, moment, NAME } from '../fields.ts';
import { type Reading, type Signal, signal } from '../signal.ts';

/** More alerts than this in one POST are refused: Alertmanager's `max_alerts` cuts far below. */
const MOST = 1000;

/**
 * Alertmanager's webhook, version 4. Label `component` names the component. A monitor is an alert's
 * fingerprint (of its labels, when an old sender leaves it out); an event is fingerprint + start + state.
 */
export function alertmanager(input: unknown): Reading {
  return readAlerts(input, 'alertmanager');
}

/**
 * Grafana's unified alerting sends Alertmanager's shape with more in it; its legacy alerting (before 9)
 * one `ruleName` with a `state`. Grafana's own troubles (`DatasourceError`, `DatasourceNoData`) and the
 * contact point's test are not outages of a component.
 */
export function grafana(input: unknown): Reading {
  const body = fieldsOf(input);
  if (body && !Array.isArray(body.alerts) && 'ruleName' in body) return readLegacy(body);
  return readAlerts(input, 'grafana');
}

function readAlerts(input: unknown, provider: string): Reading {
  const body = fieldsOf(input);
  if (!body || !Array.isArray(body.alerts)) {
    return { problem: `expected {"status": …, "alerts": [{"status": "firing", "labels": {…}}, …]}` };
  }
  if (body.alerts.length > MOST) {
    return { problem: `${body.alerts.length} alerts in one request: send at most ${MOST} (max_alerts)` };
  }
  const signals = body.alerts.map(alert => readAlert(alert, body, provider));
  const broken = signals.indexOf(null);
  if (broken >= 0) {
    return {
      problem: `alerts[${broken}] has no status or no label: expected {"status": "firing" or "resolved", "labels": {"alertname": …}}`,
    };
  }
  return { signals: signals as Signal[] };
}

function readAlert(alert: unknown, body: Record<string, unknown>, provider: string): Signal | null {
  const fields = fieldsOf(alert);
  const labels = fieldsOf(fields?.labels) ?? {};
  const notes = fieldsOf(fields?.annotations) ?? {};
  const status = first(20, fields?.status, body.status).toLowerCase();
  const print = line(fields?.fingerprint, 64);
  if (!fields || status === '' || (print === '' && Object.keys(labels).length === 0)) return null;
  // Without a name of its own (Grafana, renamed labels) an alert goes by its group's.
  const group = { ...fieldsOf(body.commonLabels), ...fieldsOf(body.groupLabels) };
  const rule = first(NAME, labels.alertname, labels.rulename, group.alertname) || 'Alert';
  const instance = line(labels.instance, NAME);
  const start = moment(fields.startsAt);
  const common: Omit<Signal, 'kind'> = {
    provider,
    monitor: print || ownFingerprint(labels),
    name: line(instance === '' ? rule : `${rule} (${instance})`, NAME),
    url: address(labels.url) ?? address(labels.target) ?? address(instance),
    at: status === 'resolved' ? moment(fields.endsAt) : start,
    message: first(MESSAGE, notes.summary, notes.description, notes.message),
    component: line(labels.component, NAME) || null,
    event: start === null ? null : `${status}@${start}`,
  };
  const why = reasonToIgnore(labels, status);
  return why === null
    ? signal({ ...common, kind: status === 'firing' ? 'down' : 'up' })
    : signal({ ...common, kind: 'ignored', why });
}

function reasonToIgnore(labels: Record<string, unknown>, status: string): string | null {
  const rule = line(labels.alertname, NAME);
  const severity = line(labels.severity, NAME).toLowerCase();
  if (status !== 'firing' && status !== 'resolved')
    return `status "${status}" is neither firing nor resolved`;
  if (rule === 'TestAlert' && line(labels.instance, NAME) === 'Grafana') return 'a test of the contact point';
  if (rule === 'DatasourceError' || rule === 'DatasourceNoData')
    return 'trouble of Grafana’s own data source';
  if (severity === 'none' || severity === 'info') return `severity "${severity}" is no outage`;
  return null;
}

/** Labels identify an alert, in whatever order they come. */
function ownFingerprint(labels: Record<string, unknown>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}=${line(value, 1000)}`);
  return fingerprint(pairs.sort().join('\n'));
}

const LEGACY = new Map<string, 'down' | 'up'>([
  ['alerting', 'down'],
  ['ok', 'up'],
]);

function readLegacy(body: Record<string, unknown>): Reading {
  const name = first(NAME, body.ruleName, body.title);
  const state = line(body.state, 20).toLowerCase();
  if (name === '' || state === '')
    return { problem: 'expected {"ruleName": …, "state": "alerting" or "ok"}' };
  const tags = fieldsOf(body.tags) ?? {};
  const common = {
    provider: 'grafana',
    monitor: identity(body.ruleId) || name,
    name,
    message: line(body.message, MESSAGE),
    component: line(tags.component, NAME) || null,
  };
  const kind = LEGACY.get(state);
  if (kind) return { signals: [signal({ ...common, kind })] };
  return {
    signals: [signal({ ...common, kind: 'ignored', why: `state "${state}" is neither alerting nor ok` })],
  };
}
