/** What branches of a model lack, kept until it is known whether they may be taken. */
import type { Unsupported } from '../../core/errors.ts';
import type { Putting } from '../lib/translate.ts';
import type { NodeProto } from './proto.ts';

interface ProtoNode {
  readonly proto: NodeProto;
}

/** See the file's header. */
export class Lacks implements Putting<ProtoNode> {
  /** What is lacked in branches that need not be taken. */
  readonly guarded = new Set<Unsupported>();
  readonly #lacks = new Map<string, readonly Unsupported[]>();

  of(value: string): readonly Unsupported[] {
    return this.#lacks.get(value) ?? [];
  }

  /** What keeps a node from being read because it was put off before. Of an If one branch may lack what it will. */
  inherited({ proto: { op, inputs } }: ProtoNode): readonly Unsupported[] {
    const [condition = '', then = '', otherwise = ''] = inputs;
    if (op !== 'If' || this.#lacks.has(condition)) return inputs.flatMap((name) => this.of(name));
    return this.#lacks.has(then) && this.#lacks.has(otherwise) ? [...this.of(then), ...this.of(otherwise)] : [];
  }

  /** Remembers what a node lacks. True where that may never matter, since its branch need not be taken. */
  put({ proto: { outputs, guarded = false } }: ProtoNode, items: readonly Unsupported[]): boolean {
    for (const name of outputs) if (name !== '') this.#lacks.set(name, items);
    if (guarded) for (const item of items) this.guarded.add(item);
    return guarded;
  }
}
