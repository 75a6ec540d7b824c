// Datadog: the webhooks integration, with its default payload or one's own of the same variables.
import { line, tagged } from '../../fields.ts';
import { fieldAt, reader, wordsOfList } from '../../shape.ts';

/** `[P1] [Triggered on {host:web-1}] CPU is high`, as `$EVENT_TITLE` and `$ALERT_TITLE` write it. */
const TITLE = /^(?:\[(P\d)\] ?)?\[([A-Za-z -]+?)(?: on \{([^{}]*)\})?\] ?(.+)$/;

const NAMES = wordsOfList('in_title.name title alert_title event_title');
const SCOPE = wordsOfList('alert_scope alert.alert_scope alert.scope in_title.scope');
const MONITOR = wordsOfList('alert_id alert.alert_id alert.id monitor_id in_title.name title');

/** The paths of the tags `service` and `host`, for what has no field of that name. */
const TAGGED = wordsOfList('service host');

/** "No data" is not known to be down: it changes nothing. */
export const datadog = reader({
  status: wordsOfList(
    'alert_transition transition alert.alert_transition alert.transition in_title.transition status',
  ),
  alerts: wordsOfList('Triggered Re-Triggered Renotify Warn Re-Warn'),
  over: ['Recovered', 'Warn Recovered', 'No Data Recovered'],
  name: NAMES,
  alert: ['group'],
  component: ['component'],
  tags: [...SCOPE, 'tags'],
  also: wordsOfList('service tagged.service hostname host tagged.host'),
  at: wordsOfList('date last_updated'),
  message: wordsOfList('text_only_msg message alert_status'),
  severity: wordsOfList(
    'alert_priority alert.priority in_title.priority priority alert_type alert.alert_type alert.type',
  ),
  // "Test Notifications" of a monitor puts it before the monitor's name.
  isTest: text => NAMES.some(path => text(path).startsWith('[TEST]')),
  example:
    '{"title": "$EVENT_TITLE", "alert_transition": "$ALERT_TRANSITION", "tags": "$TAGS", "date": "$DATE"}',
  prepare: body => {
    const text = (path: string) => line(fieldAt(body, path), 500);
    const titles = wordsOfList('title alert_title event_title').map(path => TITLE.exec(text(path)));
    const [, priority, transition, scope, name] = titles.find(Boolean) ?? [];
    const titled = { ...body, in_title: { priority, transition, scope, name } };
    const inTags = (tag: string) =>
      [...SCOPE, 'tags'].map(path => tagged(fieldAt(titled, path), tag)).find(found => found !== null);
    const whole = { ...titled, tagged: Object.fromEntries(TAGGED.map(tag => [tag, inTags(tag)])) };
    const first = (paths: readonly string[]) =>
      paths.map(path => line(fieldAt(whole, path), 500)).find(Boolean);
    // One monitor may alert for each host of its own.
    return { ...whole, group: `${first(MONITOR)} ${first(SCOPE) ?? ''}`.trim() };
  },
});
