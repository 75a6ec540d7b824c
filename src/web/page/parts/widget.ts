// The data of the widget on other people's pages.
import { LANGS } from '../../../core/model/lang.ts';
import { isoMillis } from '../../../core/model/time.ts';
import { shortId } from '../../../core/model/token.ts';
import type { Snapshot } from '../../../core/page/snapshot.ts';
import { COLORS } from '../../feeds/badges.ts';
import { pageContext } from '../context.ts';
import { overallText, whenOf } from './headline.ts';

/**
 * `/status/widget.json`: whether anything is wrong, in each language, and since or until when: `when` has a place for the
 * moment `at`, which the script writes in the visitor's zone. `key` changes with the trouble and not with time, so that a
 * closed banner stays closed.
 */
export function widgetJson(snapshot: Snapshot): object {
  const { site, overall, incidents } = snapshot;
  const health = overall.state;
  const open = incidents.filter(({ state }) => state !== 'resolved').map(({ id }) => id);
  const contexts = LANGS.map(lang => pageContext({ snapshot, lang, base: '', assets: { css: '', js: '' } }));
  const words = contexts.map(ctx => {
    const { plain: text } = overallText(ctx);
    const when = whenOf(ctx)?.words ?? null;
    return [ctx.lang, { text, when, more: ctx.say('widget.more'), close: ctx.say('widget.close') }];
  });
  const at = whenOf(contexts[0]!)?.at;
  return {
    wrong: overall.affected > 0 || (health !== 'operational' && health !== 'no_data'),
    state: health,
    color: COLORS[health],
    key: shortId([health, ...overall.worst, ...open].join('\u0000')),
    url: `${site.url}/status/live`,
    at: at === undefined ? null : isoMillis(at),
    words: Object.fromEntries(words),
  };
}
