// Slack's incoming webhooks: Block Kit, and plain text for notifications. No buttons: Slack would send each press to an
// app, and an incoming webhook has none.
import type { ChannelMessage } from '../../core/model/notification-channel.ts';
import { cut, cutDialect, cutText, type Dialect, withoutMentions } from '../../core/text/chat-markdown.ts';

/** Slack's limits for a header and a section, and our own for the fallback text, characters. */
const HEADER = 150;
const SECTION = 3000;
const FALLBACK = 1000;

/** Slack's special syntax always begins with one of these three characters. */
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

export function slackBody(message: ChannelMessage): object {
  const { heading, facts, markdown, link, foot } = message;
  const words = harmless(withoutMentions(heading));
  const last = [harmless(withoutMentions(foot.text)), ...foot.links.map(linkTo)].filter(Boolean).join(' · ');
  return {
    // Used in notifications and by screen readers; the blocks are what is displayed.
    text: cut([words, ...facts.map(plain)].join('\n'), FALLBACK),
    mrkdwn: false,
    unfurl_links: false,
    unfurl_media: false,
    blocks: [
      // Plain text has neither escapes nor mentions.
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

/** `verbatim`: Slack does not turn names and addresses in the text into links. */
function mrkdwn(text: string) {
  return { type: 'mrkdwn', text, verbatim: true };
}

function plain(text: string): string {
  return cutText(text, MRKDWN, 500);
}

function linkTo({ label, url }: { label: string; url: string }): string {
  return `<${url}|${harmless(label)}>`;
}
