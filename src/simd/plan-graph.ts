/** Graph → SimdPlan: lowering, lifetimes, addresses, parameters. */
import { PlanError } from '../core/errors.ts';
import type { Tensor } from '../core/tensor.ts';
import { VIEWS } from '../ir/facts.ts';
import type { Graph } from '../ir/graph.ts';
import type { Node } from '../ir/ops.ts';
import { scratchKey, valueKey } from '../ir/memory-keys.ts';
import { descOf } from '../ir/rewrite.ts';
import { at, range, roundUp } from '../util/arrays.ts';
import { ALIGNMENT, layOutSpans } from './arena.ts';
import type { PackedOperand, SimdCall, SimdContext, SimdOperand } from './definition.ts';
import { tensorKey } from './lib/identity.ts';
import { bytesOfValue, spansOf } from './lifetimes.ts';
import type { SimdPlan, SimdPlanOptions, SimdStep, SimdValue } from './plan.ts';
import { COPIES, simdOf } from './registry.ts';
import { placeIn, placesOfViews, type ValuePlaces } from './views.ts';

/** What a linear memory can have. */
const LARGEST = 2 ** 32 - 2 ** 16;

/** The kernels' calls of a node; nothing where its reference runs it: it has none, or extents that depend on data. */
export function lowerNode(graph: Graph, node: Node): readonly SimdCall[] | undefined {
  const descs = (names: readonly string[]) => names.map((name) => (name === '' ? undefined : descOf(graph, name)));
  const [inputs, outputs] = [descs(node.inputs), descs(node.outputs)];
  if ([...inputs, ...outputs].some((desc) => desc?.bounded)) return undefined;
  const context: SimdContext<typeof node.op> = {
    node,
    inputs,
    outputs: outputs.map((desc) => desc ?? { dtype: 'float32', shape: [0] }),
    constant: (input) => graph.initializers.get(node.inputs[input] ?? ''),
  };
  // There is nothing to compute.
  if (context.outputs.every(({ shape }) => shape.includes(0))) return [];
  return simdOf(node.op)?.(context);
}

/**
 * Plans a compiled graph (static shapes, explicit pads). `loadSimd` was called with its operators. Throws PlanError when it
 * needs more memory than there can be.
 */
export function planSimd(graph: Graph, options: SimdPlanOptions = {}): SimdPlan {
  return new SimdPlanner(graph, options).plan();
}

/** State of one planning. Memory is handed out from the bottom: parameters, constants, values, what each thread has. */
class SimdPlanner {
  readonly #graph: Graph;
  readonly #threads: number;
  readonly #guard: number;
  readonly #lowered: readonly (readonly SimdCall[] | undefined)[];
  readonly #places: ValuePlaces;
  /** By `valueKey`, `scratchKey` or `packedKey`. */
  readonly #addresses = new Map<string, number>();
  readonly #constants: { address: number; tensor: Tensor }[] = [];
  readonly #packed: { address: number; operand: PackedOperand }[] = [];
  readonly #guards: { address: number; bytes: number; what: string }[] = [];
  readonly #words: number[] = [];
  /** Address 0 is what is absent. */
  #top = ALIGNMENT;
  #weights = 0;

  constructor(graph: Graph, { threads = 1, guard = 0 }: SimdPlanOptions) {
    this.#graph = graph;
    this.#threads = threads;
    this.#guard = guard;
    this.#lowered = graph.nodes.map((node) => (VIEWS.has(node.op) ? [] : lowerNode(graph, node)));
    // A value with guards around it has memory of its own.
    this.#places = placesOfViews(graph);
    if (guard === 0) COPIES.peek()?.(this.#places, graph, this.#lowered);
  }

  plan(): SimdPlan {
    const calls = this.#lowered.flatMap((some) => some ?? []);
    const words = calls.reduce((sum, call) => sum + wordsOf(call), 0);
    const params = this.#take(words * Int32Array.BYTES_PER_ELEMENT, 'parameters');
    for (const operand of calls.flatMap(({ operands }) => operands)) this.#place(operand);
    this.#viewed();
    const staged = Math.max(0, ...this.#packed.map(({ operand }) => operand.staged ?? 0));
    const staging = this.#take(staged * Float32Array.BYTES_PER_ELEMENT, 'staged weights');
    const activations = this.#placeSpans();
    const scratchBytes = Math.max(0, ...calls.map(({ scratch = 0 }) => scratch));
    const scratch = range(this.#threads).map((k) => this.#take(scratchBytes, `thread ${k}`));
    const steps = this.#lowered.flatMap((calls, position) => this.#stepsOf(calls, position, params));
    return {
      graph: this.#graph,
      bytes: this.#top,
      values: this.#values(),
      steps,
      constants: this.#constants,
      packed: this.#packed,
      staging,
      params: { address: params, words: Int32Array.from(this.#words) },
      scratch,
      guards: this.#guards,
      memory: { weights: this.#weights, ...activations },
    };
  }

  /** Memory that is never shared, with guards around it. */
  #take(bytes: number, what: string): number {
    const address = this.#top + this.#guard;
    const end = address + bytes;
    this.#top = roundUp(end + this.#guard, ALIGNMENT);
    if (this.#guard > 0) {
      this.#guards.push(
        { address: address - this.#guard, bytes: this.#guard, what: `before ${what}` },
        { address: end, bytes: this.#top - end, what: `behind ${what}` },
      );
    }
    if (this.#top <= LARGEST) return address;
    throw new PlanError(`"${this.#graph.name}" needs more than the 4 GiB of WebAssembly`, {
      hint: 'Use smaller inputs, or another backend',
    });
  }

  /** Gives an operand memory that stays as it is while the graph is loaded. */
  #place(operand: SimdOperand): void {
    if (operand.kind === 'value') this.#placeConstant(this.#rootOf(operand.name));
    if (operand.kind !== 'packed') return;
    const key = packedKey(operand);
    if (this.#addresses.has(key)) return;
    const address = this.#take(operand.bytes, `weights as ${operand.key}`);
    this.#addresses.set(key, address);
    this.#packed.push({ address, operand });
    this.#weights += operand.bytes;
  }

  #placeConstant(root: string): void {
    const tensor = this.#graph.initializers.get(root);
    if (!tensor || this.#addresses.has(valueKey(root))) return;
    const bytes = bytesOfValue(tensor);
    const address = this.#take(bytes, `constant "${root}"`);
    this.#addresses.set(valueKey(root), address);
    this.#constants.push({ address, tensor });
    this.#weights += bytes;
  }

  /** Constants that others are views of lie in memory, too. */
  #viewed(): void {
    for (const name of this.#graph.values.keys()) {
      const root = this.#rootOf(name);
      if (root !== name) this.#placeConstant(root);
    }
  }

  #placeSpans(): { readonly activations: number; readonly naive: number } {
    const spans = [...spansOf(this.#graph, (name) => this.#rootOf(name), this.#lowered)];
    const naive = spans.reduce((sum, [, { bytes }]) => sum + bytes, 0);
    if (this.#guard > 0) {
      for (const [key, { bytes }] of spans) this.#addresses.set(key, this.#take(bytes, `"${key}"`));
      return { activations: naive, naive };
    }
    const { offsets, bytes } = layOutSpans(spans.map(([, span]) => span));
    const base = this.#take(bytes, 'values');
    spans.forEach(([key], i) => this.#addresses.set(key, base + (offsets[i] ?? 0)));
    return { activations: bytes, naive };
  }

  #stepsOf(calls: readonly SimdCall[] | undefined, position: number, params: number): SimdStep[] {
    if (!calls) return [{ kind: 'reference', node: position }];
    return calls.flatMap((call): SimdStep | [] => {
      const operands = call.operands.map((operand) => this.#addressOf(operand, position));
      const { run } = call;
      if (run && at(operands, 0) + run.from === at(operands, 1) + run.to) return [];
      const address = params + this.#words.length * Int32Array.BYTES_PER_ELEMENT;
      this.#words.push(...operands, ...call.ints, ...new Int32Array(Float32Array.from(call.floats ?? []).buffer));
      const { kernel, activates = false, units } = call;
      return { kind: 'kernel', node: position, kernel, activates, params: address, units };
    });
  }

  #addressOf(operand: SimdOperand, position: number): number {
    if (operand.kind === 'absent') return 0;
    const address =
      operand.kind === 'value'
        ? this.#valueAt(operand.name)
        : this.#addresses.get(operand.kind === 'packed' ? packedKey(operand) : scratchKey(position, operand.id));
    if (address !== undefined) return address;
    throw new PlanError(`an operand of node ${position} has no memory`);
  }

  #rootOf(name: string): string {
    return placeIn(this.#places, name).root;
  }

  #valueAt(name: string): number | undefined {
    const { root, offset } = placeIn(this.#places, name);
    const base = this.#addresses.get(valueKey(root));
    return base === undefined ? undefined : base + offset;
  }

  #values(): Map<string, SimdValue> {
    const values = new Map<string, SimdValue>();
    for (const [name, { dtype, shape }] of this.#graph.values) {
      const address = this.#valueAt(name);
      if (address !== undefined) values.set(name, { dtype, shape, address });
    }
    return values;
  }
}

/** What packed weights are called among them. */
function packedKey({ source, key }: PackedOperand): string {
  return `${tensorKey(source)} ${key}`;
}

function wordsOf({ operands, ints, floats = [] }: SimdCall): number {
  return operands.length + ints.length + floats.length;
}
