/** What is remembered of an adapter between sessions: its peaks, and the variants that won on it. */
import { isPeaks, type AdapterPeaks } from './adapter-peaks.ts';
import { variantNames } from '../kernels/registry.ts';
import type { TunedVariants } from '../plan/lower.ts';
import type { Tunable } from '../plan/tunables.ts';
import { tuningKey, type TuningCache } from './tuning-key.ts';

/** Winners of one operator, and the variants they won against. */
interface Family {
  readonly variants: readonly string[];
  readonly winners: Readonly<Record<string, string>>;
}

interface Knowledge {
  readonly peaks: AdapterPeaks | undefined;
  readonly families: Readonly<Record<string, Family>>;
}

const NOTHING: Knowledge = { peaks: undefined, families: {} };

/** One adapter's entry of a cache. What cannot be read or written is noted, and otherwise as if it were not there. */
export class TuningStore {
  readonly #cache: TuningCache | undefined;
  readonly #key: string;
  #knowledge: Knowledge = NOTHING;
  #changed = false;
  /** What is wrong with the cache, for people; undefined when nothing is. */
  note: string | undefined;

  private constructor(cache: TuningCache | undefined, key: string) {
    this.#cache = cache;
    this.#key = key;
  }

  /** Reads the entry of a device. Without a cache, what is remembered ends with the store. Never rejects. */
  static async open(device: GPUDevice, cache: TuningCache | undefined): Promise<TuningStore> {
    const store = new TuningStore(cache, tuningKey(device));
    store.#knowledge = await store.#read();
    return store;
  }

  get peaks(): AdapterPeaks | undefined {
    return this.#knowledge.peaks;
  }

  /** Remembers measured peaks. */
  setPeaks(peaks: AdapterPeaks): void {
    this.#knowledge = { ...this.#knowledge, peaks };
    this.#changed = true;
  }

  /** Winners by signature. Those of operators that have other variants by now do not count. */
  get winners(): TunedVariants {
    const all = Object.entries(this.#knowledge.families);
    const valid = all.filter(([op, { variants }]) => isCurrent(op, variants));
    return new Map(valid.flatMap(([, { winners }]) => Object.entries(winners)));
  }

  /** Remembers the winner for the nodes of a signature. */
  remember({ op, signature }: Pick<Tunable, 'op' | 'signature'>, variant: string): void {
    const family = this.#knowledge.families[op];
    const earlier = family && isCurrent(op, family.variants) ? family.winners : {};
    const renewed: Family = { variants: variantNames(op), winners: { ...earlier, [signature]: variant } };
    this.#knowledge = { ...this.#knowledge, families: { ...this.#knowledge.families, [op]: renewed } };
    this.#changed = true;
  }

  /** Writes what was learnt, beside what others wrote in the meantime. Never rejects. */
  async save(): Promise<void> {
    if (!this.#changed || !this.#cache) return;
    const { note } = this;
    const others = await this.#read();
    this.note = note;
    this.#knowledge = merge(others, this.#knowledge);
    try {
      await this.#cache.set(this.#key, JSON.stringify(this.#knowledge));
      this.#changed = false;
    } catch (error) {
      this.note = `the tuning cache cannot be written: ${messageOf(error)}`;
    }
  }

  async #read(): Promise<Knowledge> {
    if (!this.#cache) return NOTHING;
    try {
      const text = await this.#cache.get(this.#key);
      if (text === undefined) return NOTHING;
      const knowledge = parseKnowledge(text);
      if (knowledge) return knowledge;
      this.note = 'the tuning cache is corrupt, and was ignored';
    } catch (error) {
      this.note = `the tuning cache cannot be read, and was ignored: ${messageOf(error)}`;
    }
    return NOTHING;
  }
}

function isCurrent(op: string, variants: readonly string[]): boolean {
  return variants.join() === variantNames(op).join();
}

function merge(older: Knowledge, newer: Knowledge): Knowledge {
  const families: Record<string, Family> = { ...older.families };
  for (const [op, family] of Object.entries(newer.families)) {
    const earlier = families[op];
    const same = earlier?.variants.join() === family.variants.join();
    families[op] = same ? { ...family, winners: { ...earlier?.winners, ...family.winners } } : family;
  }
  return { peaks: newer.peaks ?? older.peaks, families };
}

/** Undefined for anything but what `save` writes. */
function parseKnowledge(text: string): Knowledge | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined; // Cut off, or not ours.
  }
  if (!isRecord(value) || !isRecord(value['families'])) return undefined;
  const families: Record<string, Family> = {};
  for (const [op, family] of Object.entries(value['families'])) {
    if (!isRecord(family) || !isRecord(family['winners'])) return undefined;
    const { variants, winners } = family;
    if (!Array.isArray(variants) || !variants.every((name) => typeof name === 'string')) return undefined;
    const entries = Object.entries(winners).flatMap(([key, name]) => (typeof name === 'string' ? [[key, name]] : []));
    if (entries.length !== Object.keys(winners).length) return undefined;
    families[op] = { variants, winners: Object.fromEntries(entries) };
  }
  return { peaks: isPeaks(value['peaks']) ? value['peaks'] : undefined, families };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
