/**
 * One ONNX node as an operator's row sees it: its attributes, its inputs as value names, and the emitter of its nodes.
 * ReadAttributes and inputs that nobody asked for are reported as unsupported, so that nothing is ignored in silence.
 */
import type { Tensor } from '../../core/tensor.ts';
import type { OpAttributes, OpKind } from '../../ir/ops.ts';
import { Emitter, type Source } from '../lib/emitter.ts';
import type { Translation } from '../lib/translate.ts';
import { ReadAttributes } from './attributes.ts';
import type { ImportContext } from './context.ts';
import type { Facts } from './facts.ts';
import type { NodeProto } from './proto.ts';

/** A row of the operator table. */
export type OnnxTranslation = Translation<OnnxNode>;

/** What is said of what cannot be told of an input. */
export const UNKNOWN = 'is not known at import';

/** A node of the file under the name that no other has. */
export interface NamedNode extends Source {
  readonly proto: NodeProto;
}

/** A node under import. */
export class OnnxNode extends Emitter {
  readonly opset: number;
  readonly attr: ReadAttributes;
  readonly outputs: readonly string[];
  readonly context: ImportContext;
  readonly #inputs: readonly string[];
  readonly #unreadInputs: Set<number>;
  #produced = 0;

  constructor({ proto, ...source }: NamedNode, context: ImportContext) {
    super(context.builder, source, { format: 'onnx', names: 'onnx' });
    this.opset = proto.opset ?? context.opset;
    this.outputs = proto.outputs;
    this.context = context;
    this.attr = new ReadAttributes(proto.attributes, this);
    this.#inputs = proto.inputs;
    this.#unreadInputs = new Set(proto.inputs.flatMap((name, i) => (name === '' ? [] : [i])));
  }

  /** How many inputs the node lists, absent ones included. */
  get inputCount(): number {
    return this.#inputs.length;
  }

  /** Name of an input that must be there. */
  input(index: number): string {
    return this.optional(index) || this.fail(`input ${index} is missing`);
  }

  /** Name of an input, `''` where it is absent. */
  optional(index: number): string {
    this.#unreadInputs.delete(index);
    return this.#inputs[index] ?? '';
  }

  /** Names of all inputs; throws when one is absent or there is none. */
  inputs(): string[] {
    if (this.#inputs.length === 0) this.fail('input 0 is missing');
    return this.#inputs.map((_, i) => this.input(i));
  }

  /** What is known of an input. */
  facts(index: number): Facts {
    return this.context.facts(this.#inputs[index] ?? '');
  }

  /** Rank of an input; refuses the node when it cannot be told. */
  rank(index: number): number {
    return this.facts(index).rank ?? this.unknown(index, 'rank');
  }

  /** Rank of input 0, which output 0 has too, of which the model may say more; undefined when it cannot be told. */
  get rankKept(): number | undefined {
    return this.facts(0).rank ?? this.context.facts(this.outputs[0] ?? '').rank;
  }

  /** Refuses the node because of what is not known of an input; `missing.ts` leaves out what follows from another refusal. */
  unknown(index: number, what: string): never {
    this.refuse(`${what} of input ${index} ${UNKNOWN}`);
  }

  /** Elements of an input that is a constant; `undefined` when it is absent or computed. */
  constantInput(index: number): Tensor | undefined {
    this.#unreadInputs.delete(index);
    return this.context.constants.get(this.#inputs[index] ?? '');
  }

  /**
   * Integers that older opsets give as an attribute and newer ones as input 1: `list` where they are known at import, none
   * where there are none; else the value that is them in `inputs`, as `OpDefinition.listed` has it.
   */
  listed(attribute: string): { readonly list: number[]; readonly inputs: string[] } {
    const given = this.attr.ints(attribute);
    const name = this.optional(1);
    const list = given ?? this.constantInput(1)?.data ?? [];
    const computed = !given && name !== '' && list.length === 0 && this.facts(1).length !== 0;
    return { list: Array.from(list), inputs: computed ? [name] : [] };
  }

  /** True when something reads this output. */
  wants(index: number): boolean {
    const name = this.outputs[index] ?? '';
    return name !== '' && this.context.isUsed(name);
  }

  /** Makes this node's output a constant. */
  resultConstant(value: Tensor): void {
    const [output] = this.outputs;
    if (!output) this.fail('the node has no output');
    this.context.initializer(output, value);
    this.#produced = 1;
  }

  override constant(value: Tensor, stem?: string): string {
    const name = super.constant(value, stem);
    this.context.noteConstant(name, value);
    return name;
  }

  override finish(results: readonly string[]): void {
    const named = results.some((_, i) => this.nameOf(i) !== undefined);
    if (results.length > 0 && !named) this.fail('the node has no output');
    super.finish(results);
    this.#produced = Math.max(this.#produced, results.length);
  }

  override nameOf(index: number): string | undefined {
    return this.outputs[index] || undefined;
  }

  /** What of the node was neither read nor produced; one entry each. */
  override leftovers(): string[] {
    const attributes = Array.from(this.attr.unread, (name) => `attribute ${name}`);
    const inputs = Array.from(this.#unreadInputs, (index) => `input ${index}`);
    const outputs = this.outputs.flatMap((_, i) => (i >= this.#produced && this.wants(i) ? [`output ${i}`] : []));
    return [...attributes, ...inputs, ...outputs];
  }

  protected override emitted<K extends OpKind>(
    op: K,
    inputs: readonly string[],
    attributes: OpAttributes[K],
    outputs: readonly string[],
  ): void {
    this.context.noteNode(op, inputs, attributes, outputs);
  }

  protected override renamed(from: string, to: string): void {
    this.context.noteName(from, to);
  }
}
