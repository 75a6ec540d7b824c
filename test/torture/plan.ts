// The plan of a torture: what is done to the server and when, drawn from a seed and from nothing else, so
// that the same seed does the same things at the same moments again.

export type Kind =
  | 'kill'
  | 'fill'
  | 'lock'
  | 'clock'
  | 'open'
  | 'update'
  | 'spoil'
  | 'site'
  | 'subscribe'
  | 'leave'
  | 'monitor'
  | 'service'
  | 'smtp'
  | 'flood'
  | 'backup'
  | 'pause'
  | 'hang'
  | 'away'
  | 'colleague'
  | 'hostile';

export interface Deed {
  /** ms after the start. */
  readonly at: number;
  readonly kind: Kind;
  /** 0 … 1: which one of those there are. */
  readonly pick: number;
  /** 0 … 1: how much, how far, how long. */
  readonly size: number;
}

/** Mean pause between two deeds of a kind, s, and until which part of the whole they are done. */
const PACE: Readonly<Record<Kind, readonly [seconds: number, until: number]>> = {
  // The last part without kills shows whether memory grows.
  kill: [9, 0.6],
  fill: [14, 0.9],
  lock: [16, 0.9],
  clock: [15, 0.9],
  open: [4, 0.95],
  update: [2.5, 0.95],
  spoil: [7, 0.9],
  site: [19, 0.9],
  subscribe: [1.2, 0.9],
  leave: [9, 0.9],
  monitor: [3, 0.9],
  service: [9, 0.9],
  smtp: [8, 0.9],
  flood: [11, 0.95],
  backup: [13, 0.95],
  pause: [21, 0.9],
  hang: [40, 0.85],
  away: [17, 0.9],
  colleague: [5, 0.95],
  hostile: [25, 0.9],
};

/** Draws the deeds of `ms` milliseconds, in their order. */
export function makePlan(seed: number, ms: number): Deed[] {
  const deeds: Deed[] = [];
  for (const [index, kind] of (Object.keys(PACE) as Kind[]).entries()) {
    // Each kind has numbers of its own: another pace of one does not move the others.
    const draw = random(seed + index * 7919);
    const [mean, until] = PACE[kind];
    for (let at = wait(draw, mean); at < ms * until; at += wait(draw, mean)) {
      deeds.push({ at: Math.round(at), kind, pick: draw(), size: draw() });
    }
  }
  return deeds.sort((a, b) => a.at - b.at || a.kind.localeCompare(b.kind));
}

function wait(draw: () => number, mean: number): number {
  return -Math.log(1 - draw() * 0.98) * mean * 1000;
}

/** Mulberry32: numbers from 0 to 1 that the seed alone decides. */
function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
