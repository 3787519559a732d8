/**
 * Loops, branches and lists of graph models (`map_fn`: Enter, Merge, Switch, NextIteration, Exit; TensorList*, TensorArray*) as plain
 * nodes: a loop is unrolled, as its rounds are counted by constants or by images of the batch; where branches meet is an If; lists
 * are kept here, as the values in them.
 */
import { tensorOf, type Tensor } from '../../../core/tensor.ts';
import { portShape, type Ports } from './signature.ts';
import { Meetings } from './branches.ts';
import { COUNTING, isList, loopVariables, type Round, type Value } from './loops.ts';
import { refuse } from './refuse.ts';
import { CONTROL, NodeDefAttributes, type TensorRef, type TfNode } from './graph-def.ts';
import { own } from '../../../util/own.ts';

/** More rounds, or copies of nodes, than this are no batch. */
const MAX_ROUNDS = 256;
const MAX_NODES = 2 ** 15;
/** Longer chains of nodes than any loop over images has. */
const MAX_DEPTH = 2000;

/** A model's nodes without control flow, and its weights with the constants that this takes. */
export function flatNodes(
  nodes: ReadonlyMap<string, TfNode>,
  fileWeights: ReadonlyMap<string, Tensor>,
  { inputs, outputs }: Ports,
): { nodes: Map<string, TfNode>; weights: Map<string, Tensor> } {
  const weights = new Map(fileWeights);
  const [first] = inputs;
  const extent = first && portShape(first, nodes.get(first.ref.node))?.[0];
  const batch = typeof extent === 'number' ? extent : 1;
  return { nodes: withoutControlFlow(nodes, weights, { inputs, outputs }, batch), weights };
}

/**
 * The nodes that the ports need, by name, without control flow; constants that it made are added to `weights`. `batch` is the
 * number of images where a loop counts them, which what takes the list of images apart checks again. Throws UnsupportedError
 * where rounds or branches depend on what is computed.
 */
function withoutControlFlow(
  nodes: ReadonlyMap<string, TfNode>,
  weights: Map<string, Tensor>,
  { inputs, outputs }: Ports,
  batch: number,
): Map<string, TfNode> {
  const fed = inputs.map((port) => port.ref.node);
  const unrolling = new Unrolling(nodes, weights, new Set(fed), batch);
  const queue = [...outputs.map((port) => port.ref.node), ...fed];
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    if (unrolling.made.has(name)) continue;
    const node = nodes.get(name);
    if (!node) continue;
    const made = unrolling.outer(node);
    unrolling.made.set(name, made);
    // Copies in loops are complete; what they read outside may not be here yet.
    for (const ref of made.inputs) queue.push(ref.node);
    for (const read of unrolling.takeRead()) queue.push(read);
  }
  unrolling.checkCounted();
  return unrolling.made;
}

class Unrolling {
  readonly made = new Map<string, TfNode>();
  readonly #nodes: ReadonlyMap<string, TfNode>;
  readonly #weights: Map<string, Tensor>;
  readonly #batch: number;
  /** Values of control nodes outside of loops. */
  readonly #outside: Round = { suffix: '', values: new Map() };
  readonly #finished = new Map<string, ReadonlyMap<string, Value>>();
  readonly #loops: ReadonlyMap<string, readonly TfNode[]>;
  readonly #meetings: Meetings;
  readonly #numbers = new Map<string, number | undefined>();
  readonly #read: string[] = [];
  /** Tensors whose first extent was taken for the batch, and those that were taken apart into as many. */
  readonly #counted = new Map<string, TfNode>();
  readonly #apart = new Set<string>();

  constructor(
    nodes: ReadonlyMap<string, TfNode>,
    weights: Map<string, Tensor>,
    fed: ReadonlySet<string>,
    batch: number,
  ) {
    this.#nodes = nodes;
    this.#loops = loopVariables(nodes);
    this.#meetings = new Meetings(nodes, weights, fed);
    this.#weights = weights;
    this.#batch = batch;
  }

  /** Names outside of loops that were read since the last call. */
  takeRead(): string[] {
    return this.#read.splice(0);
  }

  /** Throws UnsupportedError where an extent was taken for the batch that nothing compares with it. */
  checkCounted(): void {
    for (const [name, node] of this.#counted) {
      if (!this.#apart.has(name)) refuse(node, 'a loop that counts something else than the images of its input');
    }
  }

  /** What takes the place of a node outside of loops, under its name. */
  outer(node: TfNode): TfNode {
    if (!CONTROL.test(node.op))
      return { ...node, inputs: node.inputs.map((ref) => this.#tensor(node, this.#value(ref, this.#outside))) };
    const value = this.#value({ node: node.name, index: 0 }, this.#outside);
    return { name: node.name, op: 'Identity', inputs: [this.#tensor(node, value)], attr: {} };
  }

  #value(ref: TensorRef, round: Round, depth = 0): Value {
    const node = this.#nodes.get(ref.node);
    if (!node) return ref;
    if (depth > MAX_DEPTH) refuse(node, 'a loop as deep as this');
    const known = round.values.get(node.name);
    if (known !== undefined)
      return isList(known) ? known : { node: known.node, index: CONTROL.test(node.op) ? known.index : ref.index };
    const input = (index: number): Value => {
      const from = node.inputs[index];
      return from ? this.#value(from, round, depth + 1) : refuse(node, `input ${index}`);
    };
    // What only passes something on may pass a list.
    const passed = node.op === 'Identity' ? input(0) : undefined;
    if (passed && (isList(passed) || round !== this.#outside)) return passed;
    if (node.op === 'Const' || (round === this.#outside && !CONTROL.test(node.op))) {
      this.#read.push(node.name);
      return ref;
    }
    const value = CONTROL.test(node.op) ? this.#control(node, input, ref.index, round) : this.#copy(node, input, round);
    // Both outputs of a Switch are looked at; the others have one value.
    round.values.set(node.name, value);
    return isList(value) || CONTROL.test(node.op) ? value : { node: value.node, index: ref.index };
  }

  #copy(node: TfNode, input: (index: number) => Value, round: Round): TensorRef {
    const name = `${node.name}${round.suffix}`;
    this.#make({ ...node, name, inputs: node.inputs.map((_, i) => this.#tensor(node, input(i))) });
    return { node: name, index: 0 };
  }

  #make(node: TfNode): void {
    if (this.made.size > MAX_NODES) refuse(node, `more than ${MAX_NODES} nodes in loops`);
    this.made.set(node.name, node);
  }

  #control(node: TfNode, input: (index: number) => Value, output: number, round: Round): Value {
    switch (node.op) {
      case 'Enter':
        // What enters a loop is computed outside of it.
        return this.#value(node.inputs[0] ?? refuse(node, 'input 0'), this.#outside);
      case 'Exit':
        return this.#exit(node);
      case 'Switch':
        // In whichever branch or round, it is the same value.
        return input(0);
      case 'Merge':
        return output === 0 ? this.#chosen(node, input, round) : refuse(node, `output ${output}`);
      case 'TensorListReserve':
        return this.#empty(node, input(1));
      case 'TensorArrayV3':
        return this.#empty(node, input(0));
      case 'TensorListFromTensor':
        return this.#takeApart(node, input(0));
      case 'TensorArrayScatterV3':
        return this.#takeApart(node, input(2));
      case 'TensorListGetItem':
        return this.#item(node, input(0), input(1));
      case 'TensorArrayReadV3':
        return this.#item(node, input(2), input(1));
      case 'TensorListSetItem':
        return this.#replaced(node, input(0), input(1), input(2));
      case 'TensorArrayWriteV3':
        return this.#replaced(node, input(3), input(1), input(2));
      case 'TensorListStack':
        return this.#packed(node, input(0));
      case 'TensorArrayGatherV3':
        return this.#packed(node, input(2));
      case 'TensorListLength':
        return this.#constant(node, this.#list(node, input(0)).length);
      case 'TensorArraySizeV3':
        return this.#constant(node, this.#list(node, input(1)).length);
      default:
        return refuse(node, output === 0 ? 'operator' : `output ${output}`);
    }
  }

  /** Where two branches meet: the value of the one that a constant takes, which is all that is looked at; else a choice. */
  #chosen(node: TfNode, input: (index: number) => Value, round: Round): Value {
    const { condition, whenTrue, taken } = this.#meetings.of(node);
    if (taken !== undefined) return input(taken);
    const read = [this.#value(condition, round), input(whenTrue), input(1 - whenTrue)];
    const name = `${node.name}/chosen${round.suffix}`;
    this.#make({ name, op: 'If', inputs: read.map((value) => this.#tensor(node, value)), attr: {} });
    return { node: name, index: 0 };
  }

  /** The value with which a loop ends: it is unrolled when the first is asked for. */
  #exit(node: TfNode): Value {
    const merge = this.#nodes.get(this.#nodes.get(node.inputs[0]?.node ?? '')?.inputs[0]?.node ?? '');
    const enter = this.#nodes.get(merge?.inputs[0]?.node ?? '');
    if (merge?.op !== 'Merge' || enter?.op !== 'Enter') refuse(node, 'a loop that is not made as usual');
    const frame = new NodeDefAttributes(enter).string('frame_name', '');
    const ended = this.#finished.get(frame) ?? this.#unroll(node, frame);
    this.#finished.set(frame, ended);
    return ended.get(merge.name) ?? refuse(node, 'a loop that is not made as usual');
  }

  #unroll(exit: TfNode, frame: string): ReadonlyMap<string, Value> {
    const merges = this.#loops.get(frame) ?? [];
    const condition = this.#nodes.get(this.#nodes.get(exit.inputs[0]?.node ?? '')?.inputs[1]?.node ?? '');
    const going = condition?.inputs[0] ?? refuse(exit, 'a loop without a condition');
    const step = (merge: TfNode): TensorRef =>
      this.#nodes.get(merge.inputs[1]?.node ?? '')?.inputs[0] ?? refuse(merge, 'a loop that is not made as usual');
    let values = new Map(merges.map((merge) => [merge.name, this.#value(merge.inputs[0] ?? going, this.#outside)]));
    for (let i = 0; ; i++) {
      if (i > MAX_ROUNDS) refuse(exit, `a loop of more than ${MAX_ROUNDS} rounds`);
      const round: Round = { suffix: `/round_${i}`, values: new Map(values) };
      const more = this.#number(this.#value(going, round));
      if (more === undefined) refuse(exit, 'a loop whose number of rounds is computed');
      if (more === 0) return values;
      values = new Map(merges.map((merge) => [merge.name, this.#value(step(merge), round)]));
    }
  }

  #tensor(node: TfNode, value: Value): TensorRef {
    return isList(value) ? refuse(node, 'a list as a tensor') : value;
  }

  #list(node: TfNode, value: Value): readonly (Value | undefined)[] {
    return isList(value) ? value : refuse(node, 'a list that is not known');
  }

  #empty(node: TfNode, size: Value): Value {
    const count = this.#number(size);
    if (count === undefined || !(count >= 0 && count <= MAX_ROUNDS)) refuse(node, 'a list whose length is computed');
    return Array.from({ length: count }, () => undefined);
  }

  /** The images of a batch, one by one. That there are as many is checked where the node is computed. */
  #takeApart(node: TfNode, tensor: Value): Value {
    const ref = this.#tensor(node, tensor);
    this.#apart.add(ref.node);
    this.#make({ name: node.name, op: 'Unpack', inputs: [ref], attr: { num: { i: this.#batch }, axis: { i: 0 } } });
    return Array.from({ length: this.#batch }, (_, index) => ({ node: node.name, index }));
  }

  #item(node: TfNode, list: Value, index: Value): Value {
    const at = this.#number(index);
    const item = at === undefined ? undefined : this.#list(node, list)[at];
    return item ?? refuse(node, 'an element of a list that is not known');
  }

  #replaced(node: TfNode, list: Value, index: Value, item: Value): Value {
    const [at, items] = [this.#number(index), this.#list(node, list)];
    if (at === undefined || !(at >= 0 && at < items.length)) refuse(node, 'an element of a list that is not known');
    return items.map((other, i) => (i === at ? item : other));
  }

  #packed(node: TfNode, list: Value): Value {
    const items = this.#list(node, list).map((item) => this.#tensor(node, item ?? refuse(node, 'a list with holes')));
    const name = `${node.name}/stack`;
    this.#make({ name, op: 'Pack', inputs: items, attr: { axis: { i: 0 } } });
    return { node: name, index: 0 };
  }

  #constant(node: TfNode, value: number): Value {
    const name = `${node.name}/length`;
    this.#weights.set(name, tensorOf('int32', [], [value]));
    this.#make({ name, op: 'Const', inputs: [], attr: {} });
    return { node: name, index: 0 };
  }

  /** The number that a value is, where constants or the batch give it. */
  #number(value: Value, depth = 0): number | undefined {
    if (isList(value) || depth > MAX_DEPTH) return undefined;
    if (!this.#numbers.has(value.node)) this.#numbers.set(value.node, this.#computed(value.node, depth));
    return this.#numbers.get(value.node);
  }

  #computed(name: string, depth: number): number | undefined {
    const node = this.made.get(name) ?? this.#nodes.get(name);
    const weight = this.#weights.get(name);
    if (node?.op === 'Const') return weight?.data.length === 1 ? Number(weight.data[0]) : undefined;
    if (node?.op === 'StridedSlice') return this.#firstExtent(node);
    const [a, b] = node?.inputs.map((ref) => this.#number(ref, depth + 1)) ?? [];
    if (!node || a === undefined || node.op === 'Identity') return a;
    const apply = own(COUNTING, node.op);
    return b === undefined ? undefined : apply?.(a, b);
  }

  /** `Shape(x)[0]`: the number of images. */
  #firstExtent(node: TfNode): number | undefined {
    const [of, ...bounds] = node.inputs;
    const shape = this.#nodes.get(of?.node ?? '');
    const counted = shape?.inputs[0]?.node;
    const [begin, end] = bounds.map((ref) => this.#number(ref));
    if (shape?.op !== 'Shape' || counted === undefined || begin !== 0 || end !== 1) return undefined;
    this.#counted.set(counted, node);
    return this.#batch;
  }
}
