/** The walk over the nodes of a model that every format makes: a row of its table each, everything unsupported collected. */
import { UnsupportedError, type ErrorDetail, type Unsupported } from '../../core/errors.ts';
import { getRow, loadRow, type Lazy, type Row } from '../../core/on-demand.ts';
import { Pauses } from '../../util/pause.ts';
import type { Emitter, Source } from './emitter.ts';

/**
 * How one operator or layer of a format becomes the engine's nodes: emits them and returns the values of its outputs, in
 * order. Throws UnsupportedError (`refuse`) for what the engine lacks, ImportError (`fail`) for what is not valid.
 */
export type Translation<C extends Emitter> = (c: C) => string | readonly string[];

/** Translations by the format's own names: loaded with the table, or when a model has them. */
export type Rows<C extends Emitter> = Readonly<Record<string, Row<Translation<C>>>>;

/** All translations of a format, in two tables: a page whose models are common ones does not even load the names of the others. */
export interface Translations<C extends Emitter> {
  /** What common networks have. */
  readonly common: Rows<C>;
  /** The rest: looked into when a model has what is not common. */
  readonly further: Lazy<Rows<C>>;
}

/** For formats with branches: what nodes lack that may never run is put off. */
export interface Putting<N> {
  /** What a node cannot be translated without, because it was put off before. */
  inherited(node: N): readonly Unsupported[];
  /** Takes note of what a node lacks; true when that need not be told. */
  put(node: N, items: readonly Unsupported[]): boolean;
}

/** What the errors of a walk say. */
export interface TranslateOptions<N> extends Pick<ErrorDetail, 'format' | 'hint'> {
  /** What is refused where the table has no row: 'operator', 'layer'. */
  readonly unit: string;
  /** What was found unsupported before: told together with the rest. */
  readonly found?: readonly Unsupported[];
  readonly putting?: Putting<NoInfer<N>> | undefined;
}

/**
 * Translates the nodes in order, when the rows they need are loaded. Rejects with UnsupportedError listing every node
 * without a row, everything that rows refuse and everything they pass over; whatever else a row throws ends the walk.
 */
export async function translate<N extends Source, C extends Emitter>(
  nodes: readonly N[],
  translations: Translations<C>,
  contextOf: (node: N) => C,
  { unit, found = [], putting, ...detail }: TranslateOptions<N>,
): Promise<void> {
  const rows = await rowsFor(new Set(nodes.map(({ op }) => op)), translations);
  const refused = new Set(found);
  const refuse = (node: N, items: readonly Unsupported[]): void => {
    if (items.length > 0 && !putting?.put(node, items)) for (const item of items) refused.add(item);
  };
  // Whoever waits may have given up meanwhile.
  const pauses = new Pauses();
  for (const node of nodes) {
    await pauses.maybe();
    const { name, op } = node;
    const row = rows.get(op);
    const before = putting?.inherited(node) ?? [];
    if (!row || before.length > 0) {
      refuse(node, row ? before : [...before, { node: name, op, what: unit }]);
      continue;
    }
    try {
      const context = contextOf(node);
      const results = [getRow(row)(context)].flat();
      context.finish(results);
      refuse(
        node,
        context.leftovers().map((what) => ({ node: name, op, what })),
      );
    } catch (error) {
      if (!(error instanceof UnsupportedError)) throw error;
      refuse(node, error.items);
    }
  }
  if (refused.size > 0) throw new UnsupportedError([...refused], detail);
}

/** Begins to load the rows of a model that is about to be translated. */
export function expectRows<C extends Emitter>(nodes: readonly Source[], translations: Translations<C>): void {
  rowsFor(new Set(nodes.map(({ op }) => op)), translations).catch(() => undefined);
}

/** The rows of these operators, loaded. Names come out of files: what every object has is no row. */
async function rowsFor<C extends Emitter>(
  ops: ReadonlySet<string>,
  { common, further }: Translations<C>,
): Promise<Map<string, Row<Translation<C>> | undefined>> {
  const rest = [...ops].every((op) => Object.hasOwn(common, op)) ? {} : await further.load();
  const tables = [common, rest];
  const rows = new Map([...ops].map((op) => [op, tables.find((table) => Object.hasOwn(table, op))?.[op]]));
  await Promise.all(Array.from(rows.values(), (row) => row && loadRow(row)));
  return rows;
}
