// Opens, changes and updates incidents by API, as files. Never overwrites a newer edit by someone else.

import { Unreadable } from '../../content/atomic.ts';
import type { StatusFolder } from '../../content/folder.ts';
import type { IncidentFiles } from '../../content/incidents/file-cache.ts';
import type { ChangeBody, OpenBody, UpdateBody } from '../../core/incidents/api/bodies.ts';
import {
  type Asked,
  type Writing,
  writeChange,
  writeOpen,
  writeUpdate,
} from '../../core/incidents/api/edits.ts';
import type { Log } from '../../core/model/ports/log.ts';
import type { Site } from '../../core/model/site.ts';
import { idAtFormerName } from '../../core/page/former-paths.ts';
import type { Snapshot } from '../../core/page/snapshot.ts';
import type { Writer } from '../publish/git-sync.ts';

interface WriteDeps {
  readonly site: () => Site;
  readonly snapshot: () => Snapshot;
  readonly folder: StatusFolder;
  readonly writer: (author: string | null) => Writer;
  /** Brings the Snapshot up to date, so that the address in the response shows the change. */
  readonly round: () => Promise<void>;
  readonly log: Log;
}

export type WriteResult =
  | { readonly kind: 'written'; readonly id: string }
  | Extract<Writing, { kind: 'refused' }>
  /** The folder cannot be written (read-only, full), or others kept changing the file. */
  | { readonly kind: 'failed'; readonly detail: string };

export interface IncidentEditor {
  open(body: OpenBody, asked: Asked): Promise<WriteResult>;
  change(id: string, body: ChangeBody, asked: Asked): Promise<WriteResult>;
  update(id: string, body: UpdateBody, asked: Asked): Promise<WriteResult>;
}

/** How often a write is tried again because the file changed meanwhile. */
const TRIES = 5;

const MISSING =
  'The incident’s file cannot be written: the file or its folder is missing on the server. Restore it (/readyz shows what is wrong), then send this again.';

const NOT_UTF8 =
  'The incident’s file is not UTF-8, and some of its characters would be lost. Save it as UTF-8, then send this again.';

const UNREADABLE = 'Let the server read it (/readyz shows what is wrong), then send this again.';

type Decide = (read: IncidentFiles['text']) => Writing;

export function makeWrite(deps: WriteDeps): IncidentEditor {
  const write = ({ by = null }: Asked, decide: Decide) =>
    carryOut(deps, by, decide).catch((error: NodeJS.ErrnoException): WriteResult => {
      if (error.code === undefined) throw error;
      if (error.code === 'NOT_UTF8') return { kind: 'refused', status: 409, detail: NOT_UTF8 };
      if (error instanceof Unreadable)
        return { kind: 'failed', detail: `The incident’s file cannot be read (${error.why}). ${UNREADABLE}` };
      if (error.code === 'MISSING') return { kind: 'failed', detail: MISSING };
      const fix = 'let the server write to its folder, or free disk space there';
      deps.log.error({ code: error.code }, `an incident of the API cannot be written: ${fix}`);
      return { kind: 'failed', detail: `The incident's file cannot be written (${error.code}): ${fix}.` };
    });
  const isFormer = (id: string) => idAtFormerName(deps.snapshot(), id) !== undefined;
  return {
    open: (body, asked) => write(asked, read => writeOpen(body, deps.site(), asked, read, isFormer)),
    change: (id, body, asked) => write(asked, read => writeChange(id, body, deps.site(), asked, read)),
    update: (id, body, asked) => write(asked, read => writeUpdate(id, body, asked, read)),
  };
}

async function carryOut(deps: WriteDeps, by: string | null, decide: Decide): Promise<WriteResult> {
  const { folder, round, log } = deps;
  const writer = deps.writer(by);
  for (let left = TRIES; left > 0; left--) {
    const files = await folder.incidents();
    if (files.missing?.closed) return { kind: 'failed', detail: MISSING };
    const writing = decide(files.text);
    if (writing.kind === 'refused') return writing;
    const { id } = writing;
    const isDone =
      writing.kind === 'done' ||
      (writing.kind === 'create'
        ? await writer.create(id, writing.text)
        : await writer.replace(id, writing.before, writing.text));
    if (!isDone) continue;
    await round();
    log.info({ incident: id, change: writing.kind, by }, 'incident written by API');
    return { kind: 'written', id };
  }
  return { kind: 'failed', detail: 'The file keeps changing; try again.' };
}
