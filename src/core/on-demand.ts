/** Parts of the engine that are fetched when they are first needed. */
import { own } from '../util/own.ts';
import { LoadError } from './errors.ts';

/** Awaits a dynamic import. Rejects with LoadError, naming the part, when it cannot be fetched. */
export async function onDemand<T>(part: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (cause) {
    throw new LoadError(`tilewise cannot load its ${part} (${cause})`, {
      hint: 'Check the network, and that every file of the build is served; service workers need tilewise/all',
      cause,
    });
  }
}

/** Something that is loaded when it is first needed, and there from then on. */
export class Lazy<T extends object> {
  readonly #name: string;
  readonly #fetch: () => Promise<T>;
  #loading: Promise<T> | undefined;
  #value: T | undefined;

  /** `name` is what errors call it. */
  constructor(name: string, fetch: () => Promise<T>) {
    this.#name = name;
    this.#fetch = fetch;
  }

  /**
   * Loads it, once: whoever asks while it is on its way awaits the same. Rejects with LoadError when it cannot be fetched;
   * the next call then tries again.
   */
  load(): Promise<T> {
    this.#loading ??= onDemand(this.#name, this.#fetch).then(
      (value) => (this.#value = value),
      (error: unknown) => {
        this.#loading = undefined;
        throw error;
      },
    );
    return this.#loading;
  }

  /** What was loaded; undefined before. */
  peek(): T | undefined {
    return this.#value;
  }

  /** What was loaded. Throws LoadError before. */
  get(): T {
    if (this.#value) return this.#value;
    throw new LoadError(`${this.#name} is not loaded`, { hint: 'Await what loads it before' });
  }
}

/** An export of a module that is loaded when it is first needed: `lazy(() => import(path), 'resize')`. */
export function lazy<K extends string, M extends { readonly [P in K]: object }>(
  load: () => Promise<M>,
  name: K,
): Lazy<M[K]> {
  return new Lazy(name, async () => (await load())[name]);
}

/** An entry of a table: there from the start, or loaded when it is first needed. */
export type Row<T extends object> = T | Lazy<T>;

/** What a row stands for, to be awaited. Rejects with LoadError when it cannot be fetched. */
export function loadRow<T extends object>(row: Row<T>): Promise<T> | T {
  return row instanceof Lazy ? row.load() : row;
}

/** What a row stands for. Throws LoadError when it was not loaded. */
export function getRow<T extends object>(row: Row<T>): T {
  return row instanceof Lazy ? row.get() : row;
}

/** A table in two parts: rows that common models need, and the rest, which is loaded with the first of them that is asked for. */
export class RowTable<Name extends string, T extends object> {
  readonly #common: Readonly<Partial<Record<Name, Row<T>>>>;
  readonly #further: Lazy<Readonly<Partial<Record<Name, Row<T>>>>>;

  constructor(common: Readonly<Partial<Record<Name, Row<T>>>>, further: Lazy<Readonly<Partial<Record<Name, Row<T>>>>>) {
    this.#common = common;
    this.#further = further;
  }

  /** What a row stands for, loaded. Rejects with LoadError when it cannot be fetched, or there is none. */
  async load(name: Name): Promise<T> {
    const row = this.#common[name] ?? (await this.#further.load())[name];
    return loadRow(row ?? this.#missing(name));
  }

  /** What a row stands for. Throws LoadError when it was not loaded. */
  get(name: Name): T {
    return getRow(this.#common[name] ?? this.#further.get()[name] ?? this.#missing(name));
  }

  /** What a row stands for; undefined where it was not loaded, or there is none. */
  peek(name: string): T | undefined {
    const rows: Readonly<Record<string, Row<T> | undefined>> = { ...this.#common, ...this.#further.peek() };
    const row = own(rows, name);
    return row instanceof Lazy ? row.peek() : row;
  }

  #missing(name: string): never {
    throw new LoadError(`there is no ${name}`);
  }
}
