// The data of the widget on other people's pages.
import { LANGS } from '../../../core/model/lang.ts';
import { shortId } from '../../../core/model/token.ts';
import type { Snapshot } from '../../../core/page/snapshot.ts';
import { COLORS } from '../../feeds/badges.ts';
import { pageContext } from '../context.ts';
import { overallText } from './headline.ts';

/**
 * `/status/widget.json`: whether anything is wrong, in each language. `key` changes with the trouble and not with time,
 * so that a closed banner stays closed.
 */
export function widgetJson(snapshot: Snapshot): object {
  const { site, overall, incidents } = snapshot;
  const health = overall.state;
  const open = incidents.filter(({ state }) => state !== 'resolved').map(({ id }) => id);
  const words = LANGS.map(lang => {
    const ctx = pageContext({ snapshot, lang, base: '', assets: { css: '', js: '' } });
    const { plain: text } = overallText(ctx);
    return [lang, { text, more: ctx.say('widget.more'), close: ctx.say('widget.close') }];
  });
  return {
    wrong: overall.affected > 0 || (health !== 'operational' && health !== 'no_data'),
    state: health,
    color: COLORS[health],
    key: shortId([health, ...overall.worst, ...open].join('\u0000')),
    url: `${site.url}/status/live`,
    words: Object.fromEntries(words),
  };
}
