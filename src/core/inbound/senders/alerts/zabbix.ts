// Zabbix: a media type of the type "webhook" that posts its parameters as JSON. Names as those of the macros.
import { reader, wordsOfList } from '../../shape.ts';

export const zabbix = reader({
  status: wordsOfList('EVENT.VALUE value TRIGGER.STATUS EVENT.STATUS status').map(withoutDots),
  alerts: wordsOfList('1 PROBLEM'),
  over: wordsOfList('0 OK RESOLVED'),
  name: wordsOfList('EVENT.NAME TRIGGER.NAME trigger name subject ALERT.SUBJECT').map(withoutDots),
  alert: wordsOfList('EVENT.ID problem_id').map(withoutDots),
  component: ['component'],
  tags: wordsOfList('EVENT.TAGSJSON EVENT.TAGS tags').map(withoutDots),
  also: wordsOfList('service HOST.NAME hostname host HOST.HOST').map(withoutDots),
  at: wordsOfList('EVENT.TIMESTAMP timestamp').map(withoutDots),
  until: wordsOfList('EVENT.RECOVERY.TIMESTAMP recovery_timestamp').map(withoutDots),
  message: wordsOfList('EVENT.OPDATA opdata').map(withoutDots),
  severity: wordsOfList('EVENT.NSEVERITY nseverity EVENT.SEVERITY TRIGGER.SEVERITY severity').map(
    withoutDots,
  ),
  severities: wordsOfList('unclassified info warning average high disaster'),
  example:
    '{"event_id": "{EVENT.ID}", "name": "{EVENT.NAME}", "value": "{EVENT.VALUE}", "host": "{HOST.NAME}"}',
});

/** A dot in a macro's name is no step into an object. */
function withoutDots(name: string): string {
  return name.replaceAll('.', '_');
}
