// Subscription pages: the forms for email and channels, and the pages behind the links in emails.
import type { Choice, Subscriber } from '../../core/model/subscriber.ts';
import { isolated, type PageContext } from '../page/context.ts';
import { channelNames, type Page, privatePage } from '../page/layout.ts';
import { choices, choosesEverything, problem, wishes } from '../page/parts/forms.ts';
import { signIcon } from '../page/parts/status-style.ts';

export type ConfirmationPage =
  | 'check_inbox'
  | 'confirmed'
  | 'unsubscribed'
  | 'unsubscribed_before'
  | 'unsubscribe_link_sent'
  | 'saved'
  | 'asked_again'
  | 'link_invalid';

/** The form's values. A problem is a key without `problem.`, or a sentence. `url…` belong to the channel form. */
export interface SubscribeForm {
  readonly email: string;
  readonly choice: Choice;
  readonly problem: string | null;
  readonly url?: string;
  readonly urlProblem?: string | null;
}

/** The problem of "only these" without a component. */
export const NO_COMPONENT = 'components_none';

export function subscribePage(ctx: PageContext, form: SubscribeForm): Page {
  const { email, choice, url = '', urlProblem = null } = form;
  const isNone = form.problem === NO_COMPONENT || urlProblem === NO_COMPONENT;
  const title = ctx.say('subscribe.title');
  return {
    view: 'subscribe',
    about: { title, description: ctx.say('subscribe.lead'), path: '/status/subscribe', live: false },
    data: {
      title,
      icon: signIcon('mail'),
      textHtml: ctx.html('subscribe.lead'),
      isWide: true,
      email,
      // Most visitors want everything, so the choice is folded until someone has chosen.
      some: isNone || !choosesEverything(choice),
      all: !isNone && (choice.components ?? []).length === 0,
      problem: problem(form.problem, ctx),
      isWrong: form.problem === 'email_invalid',
      choices: choices(ctx.snapshot, choice.components ?? []),
      wishes: wishes(choice, ctx),
      channel: {
        names: channelNames(ctx.site),
        url,
        open: url !== '' || urlProblem !== null,
        problem: problem(urlProblem, ctx),
        isWrong: urlProblem !== null && urlProblem !== NO_COMPONENT,
      },
    },
  };
}

/** The page after a channel was asked to confirm; the `keys` of a webhook are shown only here. */
export function channelPage(
  ctx: PageContext,
  { host, keys }: { readonly host: string; readonly keys: { secret: string; manage: string } | null },
): Page {
  const textHtml = ctx.html(keys ? 'channel.asked_webhook' : 'channel.asked_chat', { host });
  const data = { title: ctx.say('channel.asked'), textHtml, keys, isWide: keys !== null };
  return privatePage('channel', 'mail', data, null);
}

/** The address that the page is about, and the token of its preferences page, if the visitor may have it. */
export interface ConfirmationAbout {
  readonly email?: string;
  readonly manage?: string | null;
}

export function confirmationPage(
  ctx: PageContext,
  kind: ConfirmationPage,
  { email = '', manage = null }: ConfirmationAbout = {},
): Page {
  const textHtml = ctx.html(`notice.${kind}_text`, { email: strong(email), title: ctx.site.title });
  const isMailed = kind === 'check_inbox' || kind === 'unsubscribe_link_sent';
  const retry = kind === 'link_invalid';
  const sign = retry ? 'warning' : isMailed || kind === 'asked_again' ? 'mail' : 'done';
  return privatePage(
    'notice',
    sign,
    { title: ctx.say(`notice.${kind}`), textHtml, manage, isMailed, retry },
    null,
  );
}

export function confirmPage(
  ctx: PageContext,
  { token, email }: { readonly token: string; readonly email: string },
): Page {
  const textHtml = ctx.html('confirm.text', { title: ctx.site.title, email: strong(email) });
  return privatePage('confirm', 'mail', { title: ctx.say('confirm.title'), textHtml, token }, { token });
}

export function unsubscribePage(
  ctx: PageContext,
  form: { readonly token: string | null; readonly email: string; readonly problem: string | null },
): Page {
  const textHtml = form.token
    ? ctx.html('unsubscribe.text', { title: ctx.site.title, email: strong(form.email) })
    : ctx.html('unsubscribe.ask');
  const title = ctx.say('unsubscribe.title');
  const isWrong = form.problem !== null;
  const data = { ...form, title, textHtml, isWrong, problem: problem(form.problem, ctx) };
  return privatePage('unsubscribe', 'mail', data, form.token ? { token: form.token } : {});
}

/** `done` is the result of the last choice; `none` means nothing was chosen, so nothing was saved. */
export function preferencesPage(
  ctx: PageContext,
  form: {
    readonly token: string;
    readonly email: string;
    readonly choice: Choice;
    readonly done: 'saved' | 'none' | null;
    readonly channel?: Subscriber['channel'] | null;
  },
): Page {
  const { components } = form.choice;
  const chosen = { all: components === null, choices: choices(ctx.snapshot, components ?? []) };
  const textHtml = ctx.html(form.channel ? 'channel.for' : 'manage.for', { email: strong(form.email) });
  const words = { title: ctx.say('manage.title'), textHtml, isWide: true };
  const data = { channel: null, ...form, ...chosen, ...words, wishes: wishes(form.choice, ctx) };
  const isLost = form.channel?.state === 'dead';
  const sign = isLost ? 'error' : form.done === null ? 'mail' : form.done === 'saved' ? 'done' : 'warning';
  return privatePage('manage', sign, data, { token: form.token });
}

function strong(address: string) {
  return { html: `<strong>${isolated(address)}</strong>` };
}
