/** A value that components follow. */
import { useEffect, useState } from 'preact/hooks';

/** Holds the page's state; `update` replaces parts of it. */
export class Store<S extends object> {
  #state: S;
  readonly #followers = new Set<() => void>();

  constructor(initial: S) {
    this.#state = initial;
  }

  get state(): S {
    return this.#state;
  }

  /** Replaces the fields of `patch` and tells everyone who follows. */
  update(patch: Partial<S>): void {
    this.#state = { ...this.#state, ...patch };
    for (const follower of this.#followers) follower();
  }

  /** Calls back after every update until the function it gives is called. */
  follow(follower: () => void): () => void {
    this.#followers.add(follower);
    return () => this.#followers.delete(follower);
  }
}

/** A part of the state, and a new rendering whenever that part is another. */
export function useStore<S extends object, T>(store: Store<S>, part: (state: S) => T): T {
  const [, render] = useState({});
  const value = part(store.state);
  useEffect(() => {
    let last = part(store.state);
    const look = (): void => {
      const next = part(store.state);
      if (Object.is(next, last)) return;
      last = next;
      render({});
    };
    look();
    if (!Object.is(last, value)) render({});
    return store.follow(look);
  }, [store]);
  return value;
}
