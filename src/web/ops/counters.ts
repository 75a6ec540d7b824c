// What is counted for /metrics, as those who count and those who ask know it.
import type { NextFunction, Request, Response } from 'express';
import type { CheckResult } from '../../core/model/checks/check.ts';
import type { Component } from '../../core/model/component.ts';
import type { Render } from '../../core/model/ports/render.ts';
import type { Millis } from '../../core/model/time.ts';
import type { Snapshot } from '../../core/page/snapshot.ts';

interface Depth {
  readonly pending: number;
  readonly givenUp: number;
  readonly channels: readonly {
    readonly channel: string;
    readonly state: 'ok' | 'resting' | 'failing' | 'dead';
    readonly pending: number;
    readonly givenUp: number;
  }[];
}

export interface Metrics {
  /** Counts a check, how long it took and how long after it was due it began. */
  checked(component: Component, lateness: Millis, result: CheckResult): void;
  /** The same function, timed by view. */
  timed(render: Render): Render;
  /** Times requests that reach Express; `answered` counts all, those from memory among them. */
  request(req: Request, res: Response, next: NextFunction): void;
  answered(): void;
  /** Prometheus' text; `outbox` null when the database does not answer. */
  text(snapshot: Snapshot, outbox: Depth | null): Promise<string>;
  readonly contentType: string;
}
