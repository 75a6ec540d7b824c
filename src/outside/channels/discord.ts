// Discord webhooks: one embed in the status color, which never mentions anyone.
import type { ChannelMessage } from '../../core/model/notification-channel.ts';
import { cut, cutDialect, cutText, type Dialect, withoutMentions } from '../../core/text/chat-markdown.ts';

/** Discord's limits, characters; title and description together stay below the 6000 of an embed. */
const TITLE = 256;
const DESCRIPTION = 4096;
/** The part of the description reserved for the links at its end. */
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
  // Break up addresses in the link text: they could suggest a wrong target.
  link: (text, url, bare) => (bare ? url : `[${text.replaceAll('://', ':/\u2060/')}](${url})`),
  bullet: '- ',
};

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
