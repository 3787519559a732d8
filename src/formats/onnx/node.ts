/**
 * One ONNX node as the operator table sees it: typed access to its attributes and inputs, and ways to emit graph nodes.
 * Attributes and inputs that nobody asked for are reported as unsupported, so that nothing is ignored in silence.
 */
import { UnsupportedError } from '../../core/errors.ts';
import type { Tensor } from '../../core/tensor.ts';
import type { OpAttributes, OpKind } from '../../ir/ops.ts';
import type { ImportContext } from './context.ts';
import type { Facts } from './facts.ts';
import type { AttributeProto, NodeProto, TensorProto } from './proto.ts';

/** AttributeProto.AttributeType, by the field that holds the value. */
const TYPE = { f: 1, i: 2, s: 3, t: 4, floats: 6, ints: 7, strings: 8 } as const;

/** A node under import. */
export class OnnxNode {
  readonly op: string;
  readonly name: string;
  readonly opset: number;
  readonly outputs: readonly string[];
  readonly context: ImportContext;
  readonly #inputs: readonly string[];
  readonly #attributes = new Map<string, AttributeProto>();
  readonly #unread: Set<string>;
  readonly #unreadInputs: Set<number>;
  #produced = 0;
  #named = false;

  constructor(proto: NodeProto, name: string, context: ImportContext) {
    this.op = proto.op;
    this.name = name;
    this.opset = context.opset;
    this.outputs = proto.outputs;
    this.context = context;
    this.#inputs = proto.inputs;
    for (const attribute of proto.attributes) {
      if (this.#attributes.has(attribute.name)) this.fail(`attribute "${attribute.name}" is given twice`);
      this.#attributes.set(attribute.name, attribute);
    }
    this.#unread = new Set(this.#attributes.keys());
    this.#unreadInputs = new Set(proto.inputs.flatMap((name, i) => (name === '' ? [] : [i])));
  }

  /** Throws ImportError: the node is not valid ONNX. */
  fail(message: string): never {
    return this.context.fail(message, { node: this.name, op: this.op });
  }

  /** Throws UnsupportedError: valid, but the engine lacks it. `what` names the attribute and its value. */
  refuse(what: string): never {
    throw new UnsupportedError([{ node: this.name, op: this.op, what }]);
  }

  /** How many inputs the node lists, absent ones included. */
  get inputCount(): number {
    return this.#inputs.length;
  }

  /** Name of an input that must be there. */
  in(index: number): string {
    return this.optional(index) || this.fail(`input ${index} is missing`);
  }

  /** Name of an input, `''` where it is absent. */
  optional(index: number): string {
    this.#unreadInputs.delete(index);
    return this.#inputs[index] ?? '';
  }

  /** Names of all inputs; throws when one is absent or there is none. */
  all(): string[] {
    if (this.#inputs.length === 0) this.fail('input 0 is missing');
    return this.#inputs.map((_, i) => this.in(i));
  }

  /** What is known of an input. */
  facts(index: number): Facts {
    return this.context.facts(this.#inputs[index] ?? '');
  }

  /** Rank of an input; refuses the node when it cannot be told. */
  rank(index: number): number {
    return this.facts(index).rank ?? this.refuse(`rank of input ${index} is not known at import`);
  }

  /** Elements of an input that is a constant; `undefined` when it is absent or computed. */
  constant(index: number): Tensor | undefined {
    this.#unreadInputs.delete(index);
    return this.context.constants.get(this.#inputs[index] ?? '');
  }

  /** Integers of an input that must be a constant; `undefined` when it is absent. */
  constantInts(index: number, what: string): number[] | undefined {
    if (this.optional(index) === '') return undefined;
    const value = this.constant(index) ?? this.refuse(`${what} computed at run time`);
    return Array.from(value.data);
  }

  /** Integers that older opsets give as an attribute and newer ones as an input. */
  intsOrInput(attribute: string, index: number): number[] | undefined {
    return this.ints(attribute) ?? this.constantInts(index, attribute);
  }

  /** True when the attribute is present; does not count as reading it. */
  has(name: string): boolean {
    return this.#attributes.has(name);
  }

  /** A float attribute. */
  float(name: string, fallback: number): number {
    const found = this.#attribute(name, 'f');
    return found ? (found.f ?? 0) : fallback;
  }

  /** An integer attribute. */
  int(name: string, fallback: number): number {
    const found = this.#attribute(name, 'i');
    return found ? (found.i ?? 0) : fallback;
  }

  /** An integer attribute that is 0 or 1. */
  flag(name: string, fallback: boolean): boolean {
    return this.int(name, fallback ? 1 : 0) !== 0;
  }

  /** A string attribute. */
  string(name: string, fallback: string): string {
    const found = this.#attribute(name, 's');
    return found ? new TextDecoder().decode(found.s) : fallback;
  }

  /** A string attribute with a closed set of values; refuses any other. */
  choice<T extends string>(name: string, fallback: T, values: readonly T[]): T {
    const text = this.string(name, fallback);
    return values.find((v) => v === text) ?? this.refuse(`${name} = "${text}"`);
  }

  /** An integer list attribute; `undefined` when it is absent. */
  ints(name: string): number[] | undefined {
    return this.#attribute(name, 'ints')?.ints;
  }

  /** A float list attribute; `undefined` when it is absent. */
  floats(name: string): number[] | undefined {
    return this.#attribute(name, 'floats')?.floats;
  }

  /** A tensor attribute; `undefined` when it is absent. */
  tensor(name: string): TensorProto | undefined {
    return this.#attribute(name, 't')?.t;
  }

  /** Reads attributes that mean nothing at inference, so that they do not count as unsupported. */
  ignore(...names: readonly string[]): void {
    for (const name of names) this.#unread.delete(name);
  }

  /** Refuses an integer attribute that is neither absent nor one of `allowed`. */
  only(name: string, ...allowed: readonly number[]): void {
    const value = this.int(name, allowed[0] ?? 0);
    if (!allowed.includes(value)) this.refuse(`${name} = ${value}`);
  }

  /** Adds a helper node under made-up names; returns its output. */
  temp<K extends OpKind>(op: K, inputs: readonly string[], attributes: OpAttributes[K]): string {
    const name = this.context.builder.unique(`${this.name}/${op}`);
    return this.#add(op, inputs, attributes, name);
  }

  /** Adds the node that carries this node's name, with a made-up output, when more nodes follow. */
  main<K extends OpKind>(op: K, inputs: readonly string[], attributes: OpAttributes[K]): string {
    this.#named = true;
    return this.#add(op, inputs, attributes, this.name);
  }

  #add<K extends OpKind>(op: K, inputs: readonly string[], attributes: OpAttributes[K], name: string): string {
    const output = this.context.builder.unique(`${name}:0`);
    this.context.add(op, inputs, attributes, { name, outputs: [output] });
    return output;
  }

  /** Adds the node whose first `count` outputs are this node's. */
  result<K extends OpKind>(op: K, inputs: readonly string[], attributes: OpAttributes[K], count = 1): void {
    const name = this.#named ? this.context.builder.unique(`${this.name}/${op}`) : this.name;
    const outputs = Array.from({ length: count }, (_, i) => this.outputs[i] ?? '');
    if (outputs.every((o) => o === '')) this.fail('the node has no output');
    this.context.add(op, inputs, attributes, { name, outputs });
    this.#named = true;
    this.#produced = Math.max(this.#produced, count);
  }

  /** True when something reads this output. */
  wants(index: number): boolean {
    const name = this.outputs[index] ?? '';
    return name !== '' && this.context.isUsed(name);
  }

  /** Adds a node that gives a later output of this node. */
  extra<K extends OpKind>(index: number, op: K, inputs: readonly string[], attributes: OpAttributes[K]): void {
    const name = this.context.builder.unique(`${this.name}/${op}`);
    this.context.add(op, inputs, attributes, { name, outputs: [this.outputs[index] ?? ''] });
    this.#produced = Math.max(this.#produced, index + 1);
  }

  /** Makes this node's output a constant. */
  resultConstant(value: Tensor): void {
    const [output] = this.outputs;
    if (!output) this.fail('the node has no output');
    this.context.initializer(output, value);
    this.#produced = 1;
  }

  /** Adds a 1-D int64 constant. */
  intsConstant(values: readonly number[]): string {
    return this.context.ints(`${this.name}/ints`, values);
  }

  /** What of the node was neither read nor produced; one entry each. */
  leftovers(): string[] {
    const attributes = [...this.#unread].map((name) => `attribute ${name}`);
    const inputs = [...this.#unreadInputs].map((index) => `input ${index}`);
    const outputs = this.outputs.flatMap((_, i) => (i >= this.#produced && this.wants(i) ? [`output ${i}`] : []));
    return [...attributes, ...inputs, ...outputs];
  }

  #attribute(name: string, field: keyof typeof TYPE): AttributeProto | undefined {
    this.#unread.delete(name);
    const found = this.#attributes.get(name);
    if (!found) return undefined;
    if (found.other !== undefined) this.refuse(`attribute ${name} holds a ${found.other}`);
    const typed = found.type === TYPE[field] || (found.type === 0 && found[field] !== undefined);
    if (!typed) this.fail(`attribute "${name}" is not of the kind "${field}"`);
    return found;
  }
}
