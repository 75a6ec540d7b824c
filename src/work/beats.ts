// Beats: jobs that report by themselves, and the judgement of those that fell silent.
import { createHash } from 'node:crypto';
import type { Component } from '../core/component.ts';
import type { Beat } from '../core/detector.ts';
import type { Clock, Millis } from '../core/time.ts';
import { deriveSecret } from '../core/token.ts';
import type { Transition } from '../core/transition.ts';

export interface BeatsDeps {
  readonly components: () => readonly Component[];
  readonly secret: string;
  readonly record: (component: Component, beat: Beat) => Promise<Told>;
  readonly judge: (component: Component, now: Millis) => Promise<Told>;
  readonly ring: () => void;
  readonly clock: Clock;
}

interface Told {
  readonly transitions: readonly Transition[];
}

export interface Beats {
  /** The token in a component's heartbeat address: its own, or one derived from the secret. */
  tokenOf(id: string): string;
  /** Takes a report; false when no component has this token. */
  beat(token: string, ok: boolean, message: string): Promise<boolean>;
  judgeAll(now: Millis): Promise<void>;
}

export function makeBeats({ components, secret, record, judge, ring, clock }: BeatsDeps): Beats {
  let known: { readonly of: readonly Component[]; readonly byHash: ReadonlyMap<string, Component> } | null =
    null;
  /** Found by the hash of the token: a stranger's guess costs one hash, and its time tells nothing. */
  const find = (token: string): Component | undefined => {
    const all = components();
    if (known?.of !== all) {
      // The first of two with one token is meant.
      const entries = listening().reverse();
      const byHash = new Map(entries.map(each => [hash(heartbeatToken(each, secret)), each]));
      known = { of: all, byHash };
    }
    return known.byHash.get(hash(token));
  };
  const listening = () => components().filter(component => component.check.type === 'heartbeat');
  const tokenOf = (id: string): string => {
    const component = components().find(component => component.id === id);
    return component ? heartbeatToken(component, secret) : deriveSecret(secret, `heartbeat:${id}`);
  };
  return {
    tokenOf,
    async beat(token, ok, message) {
      const component = find(token);
      if (!component) return false;
      await record(component, { at: clock(), ok, message });
      ring();
      return true;
    },
    async judgeAll(now) {
      let changed = false;
      for (const component of listening()) {
        const { transitions } = await judge(component, now);
        changed ||= transitions.length > 0;
      }
      if (changed) ring();
    },
  };
}

/** The token in a heartbeat component's address: its own, or one derived from the secret. */
export function heartbeatToken({ id, check }: Component, secret: string): string {
  return (check.type === 'heartbeat' && check.token) || deriveSecret(secret, `heartbeat:${id}`);
}

function hash(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}
