// Teams' Workflows webhooks ("When a Teams webhook request is received"): an Adaptive Card. The older
// connectors and their MessageCard are retired.
import type { ChannelMessage } from '../../core/model/notification-channel.ts';
import {
  cutEscaped,
  cutLines,
  type Dialect,
  inDialect,
  inWords,
  withoutMentions,
} from '../../core/text/chat-markdown.ts';

/** A message may have 28 KB; a character takes up to three bytes, and the card's frame its share. */
const BODY = 7000;
const HEADING = 250;
const FACT = 300;

/** A card knows emphasis, lists and links; a mention needs an entity that we never send. */
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

/** The body of a message to a workflow. */
export function teamsBody({ heading, facts, markdown, tone, link, foot }: ChannelMessage): object {
  const body = cutLines(inDialect(markdown, MARKDOWN), BODY, () =>
    cutEscaped(inWords(markdown), BODY, harmless),
  );
  const words = (text: string, more: object = {}) => ({ type: 'TextBlock', text, wrap: true, ...more });
  const open = ({ label, url }: { label: string; url: string }) => {
    return { type: 'Action.OpenUrl', title: label, url };
  };
  return {
    type: 'message',
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        contentUrl: null,
        content: {
          $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
          type: 'AdaptiveCard',
          version: '1.4',
          body: [
            words(cutEscaped(withoutMentions(heading), HEADING, harmless), {
              size: 'Large',
              weight: 'Bolder',
              color: tone,
            }),
            ...facts
              .slice(0, 5)
              .map(fact =>
                words(cutEscaped(withoutMentions(fact), FACT, harmless), { isSubtle: true, spacing: 'None' }),
              ),
            ...(body === '' ? [] : [words(body)]),
            ...(foot.text === ''
              ? []
              : [
                  words(cutEscaped(withoutMentions(foot.text), FACT, harmless), {
                    size: 'Small',
                    isSubtle: true,
                  }),
                ]),
          ],
          actions: [link, ...foot.links].map(open),
          msteams: { width: 'Full' },
        },
      },
    ],
  };
}
