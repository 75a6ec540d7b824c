// Zabbix: a media type of the type "webhook" that posts its parameters as JSON. Names as those of the macros.
import { list, reader } from '../../shape.ts';

export const zabbix = reader({
  status: list('EVENT.VALUE value TRIGGER.STATUS EVENT.STATUS status').map(withoutDots),
  alerts: list('1 PROBLEM'),
  over: list('0 OK RESOLVED'),
  name: list('EVENT.NAME TRIGGER.NAME trigger name subject ALERT.SUBJECT').map(withoutDots),
  alert: list('EVENT.ID problem_id').map(withoutDots),
  component: ['component'],
  tags: list('EVENT.TAGSJSON EVENT.TAGS tags').map(withoutDots),
  also: list('service HOST.NAME hostname host HOST.HOST').map(withoutDots),
  at: list('EVENT.TIMESTAMP timestamp').map(withoutDots),
  until: list('EVENT.RECOVERY.TIMESTAMP recovery_timestamp').map(withoutDots),
  message: list('EVENT.OPDATA opdata').map(withoutDots),
  severity: list('EVENT.NSEVERITY nseverity EVENT.SEVERITY TRIGGER.SEVERITY severity').map(withoutDots),
  severities: list('unclassified info warning average high disaster'),
  example:
    '{"event_id": "{EVENT.ID}", "name": "{EVENT.NAME}", "value": "{EVENT.VALUE}", "host": "{HOST.NAME}"}',
});

/** A dot in a macro's name is no step into an object. */
function withoutDots(name: string): string {
  return name.replaceAll('.', '_');
}
