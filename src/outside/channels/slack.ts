// Slack's incoming webhooks: Block Kit, with the words alone for notifications. No buttons: Slack would
// ask an app about a press on one, and an incoming webhook has none to answer.
import type { ChannelMessage } from '../../core/model/notification-channel.ts';
import { cut, cutDialect, cutText, type Dialect, withoutMentions } from '../../core/text/chat-markdown.ts';

/** Slack's limits: a header's text, a section's, and one we keep for the fallback. */
const HEADER = 150;
const SECTION = 3000;
const FALLBACK = 1000;

/** Everything Slack means something by begins with one of these three. */
const harmless = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

const MRKDWN: Dialect = {
  escape: harmless,
  strong: text => `*${text}*`,
  em: text => `_${text}_`,
  del: text => `~${text}~`,
  code: raw => `\`${harmless(raw.replaceAll('`', "'"))}\``,
  block: raw => `\`\`\`\n${harmless(raw.replaceAll('```', "'''"))}\n\`\`\``,
  link: (text, url, bare) => (bare ? `<${url}>` : `<${url}|${text.replaceAll('\n', ' ')}>`),
  bullet: '• ',
};

/** The body of a message to an incoming webhook. */
export function slackBody(message: ChannelMessage): object {
  const { heading, facts, markdown, link, foot } = message;
  const words = harmless(withoutMentions(heading));
  const last = [harmless(withoutMentions(foot.text)), ...foot.links.map(linkTo)].filter(Boolean).join(' · ');
  return {
    // Read aloud and shown in notifications; blocks are what is seen.
    text: cut([words, ...facts.map(plain)].join('\n'), FALLBACK),
    mrkdwn: false,
    unfurl_links: false,
    unfurl_media: false,
    blocks: [
      // Plain text knows no escapes and no mentions.
      {
        type: 'header',
        text: { type: 'plain_text', text: cut(withoutMentions(heading), HEADER), emoji: false },
      },
      ...sections(facts.map(plain).join('\n')),
      ...sections(cutDialect(markdown, MRKDWN, SECTION)),
      ...sections(linkTo(link)),
      ...(last === '' ? [] : [{ type: 'context', elements: [mrkdwn(cut(last, SECTION))] }]),
    ],
  };
}

function sections(text: string): object[] {
  return text.trim() === '' ? [] : [{ type: 'section', text: mrkdwn(text) }];
}

/** `verbatim`: names and addresses in plain words are left alone. */
function mrkdwn(text: string) {
  return { type: 'mrkdwn', text, verbatim: true };
}

function plain(text: string): string {
  return cutText(text, MRKDWN, 500);
}

function linkTo({ label, url }: { label: string; url: string }): string {
  return `<${url}|${harmless(label)}>`;
}
