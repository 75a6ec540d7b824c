// What the pages of subscribing are filled with: the form for addresses, and the one for channels beneath it.
import { CHANNEL_LABELS } from '../../core/model/notification-channel.ts';
import type { Choice } from '../../core/model/subscriber.ts';
import type { Snapshot } from '../../core/page/snapshot.ts';
import type { Tell } from '../page/context.ts';
import { choices, isEverything, problem, wishes } from '../page/parts/forms.ts';

/** What was typed; `url` and `urlProblem` of the form for channels. */
export interface SubscribeForm {
  readonly email: string;
  readonly choice: Choice;
  readonly problem: string | null;
  readonly url?: string;
  readonly urlProblem?: string | null;
}

/** The answer to a channel's address: `keys` of a webhook are shown this once. */
export interface AskedChannel {
  readonly host: string;
  readonly keys: { readonly secret: string; readonly manage: string } | null;
}

export function subscribeFacts(snapshot: Snapshot, form: SubscribeForm, tell: Tell) {
  const { url = '', urlProblem = null } = form;
  const { channels } = snapshot.site.notify.visitors;
  return {
    email: form.email,
    // Most want everything: the choice stays folded until somebody has chosen.
    some: !isEverything(form.choice),
    problem: problem(form.problem, tell),
    choices: choices(snapshot, form.choice.components ?? []),
    wishes: wishes(form.choice, tell),
    channel: {
      names: channels.map(type => CHANNEL_LABELS[type]).join(', ') || null,
      url,
      open: url !== '' || urlProblem !== null,
      problem: problem(urlProblem, tell),
    },
  };
}

export function askedFacts({ host, keys }: AskedChannel, tell: Tell) {
  return { keys, text: tell.say(keys ? 'channel.asked_webhook' : 'channel.asked_chat', { host }) };
}
