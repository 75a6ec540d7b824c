// What an incident's texts look like: markdown rendered once per change of its file.
import type { Incident } from '../model/incident.ts';
import { finish, type Steps } from '../model/turns/steps.ts';
import { renderMarkdown } from '../text/markdown.ts';
import type { IncidentView } from './snapshot.ts';

/**
 * Markdown is rendered when somebody looks. The same two functions for all: closures of each incident's own
 * would give ten thousand objects as many shapes, and everything that reads them its slowest way.
 */
export const DRAWN: PropertyDescriptorMap & ThisType<IncidentView> = {
  html: {
    enumerable: true,
    get() {
      return rendered(this).updates;
    },
  },
  postmortemHtml: {
    enumerable: true,
    get() {
      return rendered(this).postmortem;
    },
  },
};

/** A copy without what its texts look like, which a plain copy would render for nothing. */
export function undrawn(incident: Incident): Incident {
  const all = Object.keys(incident) as (keyof Incident)[];
  return Object.fromEntries(
    all.filter(key => !Object.hasOwn(DRAWN, key)).map(key => [key, incident[key]]),
  ) as unknown as Incident;
}

type RenderedTexts = { readonly updates: readonly string[]; readonly postmortem: string | null };

/** Incidents are parsed once per change of their file, so their markdown is rendered once too. */
const renderings = new WeakMap<readonly object[], RenderedTexts>();

/** Texts that together take longer than a moment: theirs are rendered ahead, a text a step. */
const LONG = 5_000;
const MANY = 30;

/** Renders an incident with much to say before anybody looks; others wait until somebody does. */
export function* drawing(incident: Incident): Steps<void> {
  const { updates, postmortem } = incident;
  if (renderings.has(updates)) return;
  let length = postmortem?.length ?? 0;
  for (const { body } of updates) length += body.length;
  if (length < LONG && updates.length < MANY) return;
  yield* render(incident);
}

function rendered(incident: Incident): RenderedTexts {
  return renderings.get(incident.updates) ?? finish(render(incident));
}

function* render({ updates, postmortem }: Incident): Steps<RenderedTexts> {
  const html: string[] = [];
  for (const { body } of updates) {
    html.push(renderMarkdown(body));
    yield;
  }
  const made = { updates: html, postmortem: postmortem === null ? null : renderMarkdown(postmortem) };
  renderings.set(updates, made);
  return made;
}
