/** An emitter for formats of layers, channels-first, that knows the rank of every value and the extents that the file fixes. */
import { toFirst, toLast } from './channels-first.ts';
import { Emitter, type Dialect, type Source } from './emitter.ts';
import { extentsOfOutputs, type Extents } from './extents.ts';
import type { GraphBuilder } from '../../ir/builder.ts';
import type { OpAttributes, OpKind } from '../../ir/ops.ts';

/** What is known of the values of a network, by name: shared by the emitters of all its layers. */
export type KnownExtents = Map<string, Extents>;

/** See the file's header. */
export class LayerEmitter extends Emitter {
  readonly #known: KnownExtents;

  constructor(builder: GraphBuilder, source: Source, dialect: Dialect, known: KnownExtents) {
    super(builder, source, dialect);
    this.#known = known;
  }

  /** The extents of a value, or of a constant. Throws ImportError where nothing gives it. */
  extents(value: string): Extents {
    const constant = this.builder.tensor(value);
    return constant?.shape ?? this.#known.get(value) ?? this.fail(`reads "${value}", which no layer before it gives`);
  }

  /** The number of dimensions of a value. */
  rank(value: string): number {
    return this.extents(value).length;
  }

  /** The value itself, of which more is known than the operator that gives it tells. */
  withExtents(value: string, extents: Extents): string {
    this.#known.set(value, extents);
    return value;
  }

  /** What `compute` makes, channels-last, of a value that is channels-first, channels-first again. */
  aroundLast(x: string, compute: (x: string) => string): string {
    const y = compute(this.one('Transpose', [x], { perm: toLast(this.rank(x)) }));
    return this.one('Transpose', [y], { perm: toFirst(this.rank(y)) });
  }

  protected override emitted<K extends OpKind>(
    op: K,
    inputs: readonly string[],
    attributes: OpAttributes[K],
    outputs: readonly string[],
  ): void {
    const operands = inputs.map((name) =>
      name === ''
        ? { extents: [], tensor: undefined }
        : { extents: this.extents(name), tensor: this.builder.tensor(name) },
    );
    const extents = extentsOfOutputs(op, operands, attributes, outputs.length);
    outputs.forEach((name, i) => this.#known.set(name, extents[i] ?? []));
  }

  protected override renamed(from: string, to: string): void {
    this.#known.set(to, this.extents(from));
  }
}
