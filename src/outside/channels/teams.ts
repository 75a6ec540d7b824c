// Teams' Workflows webhooks ("When a Teams webhook request is received"): an Adaptive Card. The older connectors with
// MessageCard are retired.
import type { ChannelMessage } from '../../core/model/notification-channel.ts';
import { cutDialect, cutText, type Dialect } from '../../core/text/chat-markdown.ts';

/** A message may have 28 KB. A character takes up to three bytes, and the card itself needs some. */
const BODY = 7000;
const HEADING = 250;
const FACT = 300;

/** Escapes emphasis, lists and links. A mention would need an entity, which we never send. */
const harmless = (text: string) =>
  text
    .replace(/\p{Cc}/gu, char => (char === '\n' ? char : ' '))
    .replace(/[\\*_[\]]/g, '\\$&')
    .replace(/<(?=\/?at\b)/gi, '<\u2060')
    .replace(/^(\s*)([-+]|\d+\.)(?=\s)/gm, '$1\\$2');

const MARKDOWN: Dialect = {
  escape: harmless,
  strong: text => `**${text}**`,
  em: text => `_${text}_`,
  del: text => text,
  code: raw => harmless(raw),
  block: raw => harmless(raw),
  link: (text, url, bare) => (bare ? `[${url.replace(/[\\*_[\]]/g, '\\$&')}](${url})` : `[${text}](${url})`),
  bullet: '- ',
};

export function teamsBody({ heading, facts, markdown, tone, link, foot }: ChannelMessage): object {
  const words = (text: string, more: object = {}) =>
    text === '' ? [] : [{ type: 'TextBlock', text, wrap: true, ...more }];
  const plain = (text: string, more: object, most = FACT) => words(cutText(text, MARKDOWN, most), more);
  const content = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    body: [
      ...plain(heading, { size: 'Large', weight: 'Bolder', color: tone }, HEADING),
      ...facts.slice(0, 5).flatMap(fact => plain(fact, { isSubtle: true, spacing: 'None' })),
      ...words(cutDialect(markdown, MARKDOWN, BODY)),
      ...plain(foot.text, { size: 'Small', isSubtle: true }),
    ],
    actions: [link, ...foot.links].map(({ label, url }) => ({ type: 'Action.OpenUrl', title: label, url })),
    msteams: { width: 'Full' },
  };
  return {
    type: 'message',
    attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null, content }],
  };
}
