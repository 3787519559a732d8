/** The walk over the nodes of a model that every format makes: a row of its table each, everything unsupported collected. */
import { UnsupportedError, type ErrorDetail, type Unsupported } from '../../core/errors.ts';
import { getRow, loadRow, type Row } from '../../core/on-demand.ts';
import type { Emitter, Source } from './emitter.ts';

/**
 * How one operator or layer of a format becomes the engine's nodes: emits them and returns the values of its outputs, in
 * order. Throws UnsupportedError (`refuse`) for what the engine lacks, ImportError (`fail`) for what is not valid.
 */
export type Translation<C extends Emitter> = (c: C) => string | readonly string[];

/** The translations of a format by the format's own names: what common networks have is there, the rest loaded on demand. */
export type Translations<C extends Emitter> = Readonly<Record<string, Row<Translation<C>>>>;

/** What the errors of a walk say. */
export interface TranslateOptions extends Pick<ErrorDetail, 'format' | 'hint'> {
  /** What is refused where the table has no row: 'operator', 'layer'. */
  readonly unit: string;
  /** What was found unsupported before: told together with the rest. */
  readonly found?: readonly Unsupported[];
}

/**
 * Translates the nodes in order, when the rows they need are loaded. Rejects with UnsupportedError listing every node
 * without a row, everything that rows refuse and everything they pass over; whatever else a row throws ends the walk.
 */
export async function translate<N extends Source, C extends Emitter>(
  nodes: readonly N[],
  table: Translations<C>,
  contextOf: (node: N) => C,
  { unit, found = [], ...detail }: TranslateOptions,
): Promise<void> {
  const rows = new Map([...new Set(nodes.map(({ op }) => op))].map((op) => [op, rowOf(table, op)]));
  await Promise.all(Array.from(rows.values(), (row) => row && loadRow(row)));
  const refused = [...found];
  for (const node of nodes) {
    const { name, op } = node;
    const row = rows.get(op);
    if (!row) {
      refused.push({ node: name, op, what: unit });
      continue;
    }
    try {
      const context = contextOf(node);
      context.finish([getRow(row)(context)].flat());
      refused.push(...context.leftovers().map((what) => ({ node: name, op, what })));
    } catch (error) {
      if (!(error instanceof UnsupportedError)) throw error;
      refused.push(...error.items);
    }
  }
  if (refused.length > 0) throw new UnsupportedError(refused, detail);
}

/** Names of operators come out of files: what every object has is no row. */
function rowOf<C extends Emitter>(table: Translations<C>, op: string): Row<Translation<C>> | undefined {
  return Object.hasOwn(table, op) ? table[op] : undefined;
}
