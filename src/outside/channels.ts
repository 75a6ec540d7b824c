// Sends messages to channels: one function for all kinds; each kind has a file for its message format.
import type { ChannelMessage, ChannelType, SendToChannel } from '../core/model/notification-channel.ts';
import { printableValue } from '../core/text/printable.ts';
import { discordBody } from './channels/discord.ts';
import { type PostNetwork, postTo } from './channels/post.ts';
import { slackBody } from './channels/slack.ts';
import { teamsBody } from './channels/teams.ts';
import { webhookBody, webhookHeaders } from './channels/webhook.ts';

const BODIES: Readonly<Record<ChannelType, (message: ChannelMessage) => object>> = {
  slack: slackBody,
  discord: discordBody,
  teams: teamsBody,
  webhook: webhookBody,
};

/** Makes the function that posts a message to a channel; `network` is replaced in tests. */
export function makeChannels(network: PostNetwork = {}): SendToChannel {
  return (target, message, now) => {
    const body = JSON.stringify(BODIES[target.type](message), printableValue);
    const headers = target.type === 'webhook' ? webhookHeaders(target, message, body, now) : {};
    // Only a webhook can answer a challenge; in a chat, a person follows a link.
    const challenge = target.type === 'webhook' ? message.challenge : null;
    return postTo({ url: target.url, headers, body, guarded: target.guarded, challenge }, network, now);
  };
}
