// Discord's webhooks: one embed with the state's colour; nobody is ever pinged.
import type { ChannelMessage } from '../../core/model/notification-channel.ts';
import { cut, cutDialect, cutText, type Dialect, withoutMentions } from '../../core/text/chat-markdown.ts';

/** Discord's limits; the title and the description together stay below the 6000 of a whole embed. */
const TITLE = 256;
const DESCRIPTION = 4096;
/** Of the description, the part reserved for the links beneath. */
const LINKS = 700;

const harmless = (text: string) =>
  text.replace(/[\\*_~`|<>[\]#]/g, '\\$&').replace(/^(\s*)([-+]|\d+\.)(?=\s)/gm, '$1\\$2');

const MARKDOWN: Dialect = {
  escape: harmless,
  strong: text => `**${text}**`,
  em: text => `*${text}*`,
  del: text => `~~${text}~~`,
  code: raw => `\`\`${raw.replaceAll('`', "'")}\`\``,
  block: raw => `\`\`\`\n${raw.replaceAll('```', "'''")}\n\`\`\``,
  // Words that look like an address would be taken for a lie about where the link leads.
  link: (text, url, bare) => (bare ? url : `[${text.replaceAll('://', ':/\u2060/')}](${url})`),
  bullet: '- ',
};

/** The body of a message to a webhook. */
export function discordBody({ heading, facts, markdown, color, link, foot }: ChannelMessage): object {
  const top = facts
    .map(fact => cut(harmless(withoutMentions(fact)), 300))
    .slice(0, 5)
    .join('\n');
  const links = [link, ...foot.links].map(({ label, url }) => `[${harmless(label)}](${url})`);
  const last = [harmless(withoutMentions(foot.text)), links.join(' · ')].filter(Boolean).join('\n');
  const bottom = cut(last, LINKS);
  const body = cutDialect(markdown, MARKDOWN, DESCRIPTION - top.length - bottom.length - 8);
  return {
    allowed_mentions: { parse: [] },
    embeds: [
      {
        title: cutText(heading, MARKDOWN, TITLE),
        url: link.url,
        description: [top, body, bottom].filter(Boolean).join('\n\n'),
        color: Number.parseInt(color.slice(1), 16),
      },
    ],
  };
}
