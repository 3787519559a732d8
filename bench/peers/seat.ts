/** A place where one engine holds one model, seen from outside: what the measuring code talks to, in Node and Chromium. */
import type { PeerModel } from './models.ts';
import type { Ran, Started, StationConfig } from './station.ts';

/** `Started` with the adapter that was used; undefined where none was. */
export interface SeatStarted extends Started {
  readonly adapter: string | undefined;
}

/** An engine in a process or page of its own. Every call rejects when the engine fails, dies or takes too long. */
export interface Seat {
  readonly start: () => Promise<SeatStarted>;
  readonly run: () => Promise<Ran>;
  /** Ends the process or page, whatever state it is in. Never rejects. */
  readonly close: () => Promise<void>;
}

/** A room of seats for one model. */
export interface Room {
  readonly seat: (config: StationConfig) => Promise<Seat>;
  readonly close: () => Promise<void>;
}

/** Opens rooms. */
export interface Venue {
  readonly room: (model: PeerModel, threads: number) => Promise<Room>;
  /** Versions worth a line in the report. */
  readonly facts: () => Promise<readonly string[]>;
  readonly close: () => Promise<void>;
}

/** How long an engine may take before it counts as hung, in milliseconds: shaders compile for a minute on software adapters. */
export const LIMITS = { start: 180_000, run: 90_000 } as const;

/** `work`, or a rejection after `ms` that names `what`. */
export async function within<T>(ms: number, what: string, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} took more than ${ms / 1000} s`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
