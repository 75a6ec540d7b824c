// Write: incidents opened, changed and updated by API, as files, never over somebody else's newer edit.

import type { ChangeBody, OpenBody, UpdateBody } from '../../core/incidents/api-bodies.ts';
import {
  type Asked,
  type Writing,
  writeChange,
  writeOpen,
  writeUpdate,
} from '../../core/incidents/api-edits.ts';
import type { Incident } from '../../core/model/incident.ts';
import type { Log } from '../../core/model/ports/log.ts';
import type { Site } from '../../core/model/site.ts';

interface Files {
  /** That some are missing, and whether nothing may be written; else null. */
  readonly missing: { readonly closed: boolean } | null;
  readonly incidents: readonly Incident[];
  text(id: string): string | undefined;
}

export interface WriteDeps {
  readonly site: () => Site;
  readonly files: () => Promise<Files>;
  readonly create: (id: string, text: string) => Promise<boolean>;
  readonly replace: (id: string, before: string, text: string) => Promise<boolean>;
  /** Brings the Snapshot up to date, so that the answer's address shows what was written. */
  readonly round: () => Promise<void>;
  readonly log: Log;
}

export type Written =
  | { readonly kind: 'written'; readonly id: string }
  | Extract<Writing, { kind: 'refused' }>
  /** The folder does not take it (read-only, full), or others kept writing first. */
  | { readonly kind: 'failed'; readonly detail: string };

export interface Write {
  open(body: OpenBody, asked: Asked): Promise<Written>;
  change(id: string, body: ChangeBody, asked: Asked): Promise<Written>;
  update(id: string, body: UpdateBody, asked: Asked): Promise<Written>;
}

/** How often a write is decided anew because the file changed under it. */
const TRIES = 5;

const MISSING =
  'The incident’s file cannot be written: its folder is missing on the server, or the file is. Bring it back (/readyz says what is wrong), then send this again.';

export function makeWrite(deps: WriteDeps): Write {
  const carryOut = async (decide: (read: Files['text']) => Writing): Promise<Written> => {
    for (let left = TRIES; left > 0; left--) {
      const files = await deps.files();
      if (files.missing?.closed) return { kind: 'failed', detail: MISSING };
      const writing = decide(files.text);
      if (writing.kind === 'refused') return writing;
      if (writing.kind === 'done' || (await place(writing, deps))) {
        await deps.round();
        deps.log.info({ incident: writing.id, change: writing.kind }, 'incident written by API');
        return { kind: 'written', id: writing.id };
      }
    }
    return { kind: 'failed', detail: 'Others kept changing the file; try again.' };
  };
  const guarded = (decide: (read: Files['text']) => Writing) =>
    carryOut(decide).catch((error: NodeJS.ErrnoException): Written => {
      if (error.code === undefined) throw error;
      if (error.code === 'MISSING') return { kind: 'failed', detail: MISSING };
      deps.log.error({ err: error }, 'the incident cannot be written');
      return { kind: 'failed', detail: `The incident's file cannot be written (${error.code}).` };
    });
  return {
    open: (body, asked) => guarded(read => writeOpen(body, deps.site(), asked, read)),
    change: (id, body, asked) => guarded(read => writeChange(id, body, deps.site(), asked, read)),
    update: (id, body, asked) => guarded(read => writeUpdate(id, body, asked, read)),
  };
}

function place(
  writing: Extract<Writing, { text: string }>,
  { create, replace }: WriteDeps,
): Promise<boolean> {
  return writing.kind === 'create'
    ? create(writing.id, writing.text)
    : replace(writing.id, writing.before, writing.text);
}
