/** Loops, round by round: how many there are at most must be known by then; where data ends one, what it leaves is chosen. */
import { normalizeAxis } from '../../core/broadcast.ts';
import { ShapeError } from '../../core/errors.ts';
import { tensorOf, zeros, type Tensor } from '../../core/tensor.ts';
import { NO_ACTIVATION, type Node, type NodeOf, type Slices, type StackedSlices } from '../../ir/ops.ts';
import { at } from '../../util/arrays.ts';
import type { ControlWalk } from './control-walk.ts';
import type { LoopBodies } from './loop-bodies.ts';
import { Scope } from './scope.ts';

type Nodes<T = void> = Generator<Node, T, void>;

const HINT = 'Export the model with a fixed number of rounds';

/** What asks for the nodes of a graph. */
export interface Demand {
  readonly control: ControlWalk;
  readonly bodies: LoopBodies;
  /** Gives what a value depends on in a round. */
  value(name: string, scope: Scope): Nodes;
}

/** Gives the nodes of all rounds, and those that put together what they give. */
export function* runLoop(demand: Demand, exit: NodeOf<'LoopExit'>, scope: Scope): Nodes {
  yield* new Loop(demand, exit, scope).run();
}

class Loop {
  readonly #demand: Demand;
  readonly #control: ControlWalk;
  readonly #exit: NodeOf<'LoopExit'>;
  readonly #entry: NodeOf<'LoopEntry'>;
  readonly #scope: Scope;
  /** What the values carried from round to round are called. */
  #state: readonly string[];
  /** What rounds have given, one list for each value that they give. */
  readonly #given: string[][];

  constructor(demand: Demand, exit: NodeOf<'LoopExit'>, scope: Scope) {
    const entry = demand.bodies.entryOf(exit);
    this.#demand = demand;
    this.#control = demand.control;
    this.#exit = exit;
    this.#entry = entry;
    this.#scope = scope;
    const { carried, stacked } = exit.attributes;
    this.#state = entry.inputs.slice(2, 2 + carried).map((name) => scope.nameOf(name));
    this.#given = stacked.map(() => []);
  }

  *run(): Nodes {
    const body = this.#demand.bodies.of(this.#exit);
    const [rounds = '', condition = ''] = this.#entry.inputs;
    const most = this.#most(rounds);
    let going = this.#holds(this.#scope.nameOf(condition));
    for (let round = 0; going !== false && round < most; round++) {
      if (going !== true) this.#requireStates(most);
      this.#control.spend(this.#exit);
      const inner = new Scope(body, { around: this.#scope, loop: this.#exit, round });
      yield* this.#begin(inner, round, most);
      for (const name of this.#exit.inputs.slice(1)) yield* this.#demand.value(name, inner);
      const before = this.#state;
      const goesOn = this.#end(inner);
      if (going !== true) this.#state = yield* this.#chosen(going, before);
      going = going === true || goesOn === false ? goesOn : yield* this.#both(going, goesOn);
    }
    yield* this.#results();
  }

  /** Where data ends a loop, the rounds behind its end are computed, too, and nothing of them is taken: there must be a last one. */
  #requireStates(most: number): void {
    if (most === Infinity) this.#depends('the condition, which alone ends the loop,');
    const { outputs, attributes } = this.#exit;
    const stacked = outputs.slice(attributes.carried);
    if (stacked.some((name) => this.#demand.bodies.reads.has(name)))
      this.#depends('the number of slices that it gives');
  }

  /** What a round leaves where there is one, else what was there before. */
  *#chosen(condition: string, before: readonly string[]): Nodes<string[]> {
    const state: string[] = [];
    for (const [i, after] of this.#state.entries()) {
      const was = at(before, i);
      if (was === after) {
        state.push(was);
        continue;
      }
      if (this.#control.list(after)) this.#depends('a list of tensors that a round leaves');
      const inputs = [condition, after, was];
      const { node, output } = this.#control.made(after, 'If', inputs, { missing: [] });
      yield node;
      state.push(output);
    }
    return state;
  }

  /** A condition that holds where both do. */
  *#both(condition: string, other: true | string): Nodes<string> {
    if (other === true) return condition;
    const attributes = { kind: 'and', activation: NO_ACTIVATION } as const;
    const { node, output } = this.#control.made(other, 'Binary', [condition, other], attributes);
    yield node;
    return output;
  }

  /** How many rounds there are at most; infinitely many where nothing says. */
  #most(rounds: string): number {
    const lengths = this.#lengths();
    const [length, ...others] = lengths;
    if (others.some((other) => other !== length)) {
      this.#misfit(`slices of inputs of ${lengths.join(' and ')} slices are taken together`);
    }
    if (rounds === '') return length ?? Infinity;
    const said = this.#known(this.#scope.nameOf(rounds), 'the number of rounds');
    return Math.min(said, length ?? Infinity);
  }

  /** How many slices, or elements, there are of each input that a round has one of. */
  #lengths(): number[] {
    const { carried, scanned } = this.#entry.attributes;
    return scanned.flatMap((slices, i) => {
      const name = this.#scope.nameOf(at(this.#entry.inputs, 2 + carried + i));
      if (slices === 'each') return this.#control.list(name)?.length ?? [];
      return [this.#extent(name, slices.axis)];
    });
  }

  #extent(name: string, axis: number): number {
    const desc = this.#control.desc(this.#exit, name) ?? this.#misfit('a list of tensors is taken for a tensor');
    const { shape, bounded } = desc;
    const resolved = this.#axis(axis, shape.length);
    if (bounded?.axis === resolved) this.#depends('the number of slices');
    return at(shape, resolved);
  }

  #axis(axis: number, rank: number): number {
    if (axis < -rank || axis >= rank) this.#misfit(`axis ${axis} of ${rank} dimensions`);
    return normalizeAxis(axis, rank);
  }

  /** The one element of a value. */
  #known(name: string, what: string): number {
    const elements = this.#control.constant(name)?.data ?? this.#depends(what);
    if (elements.length !== 1) this.#misfit(`${what} has ${elements.length} elements`);
    return elements[0] ?? 0;
  }

  /** Whether a condition holds, or its name where data says it. */
  #holds(condition: string): boolean | string {
    if (condition === '') return true;
    return this.#control.constant(condition) ? this.#known(condition, 'the condition') !== 0 : condition;
  }

  *#begin(inner: Scope, round: number, most: number): Nodes {
    const { outputs, inputs, attributes } = this.#entry;
    const [counter = '', condition = ''] = outputs;
    inner.bind(counter, this.#control.define(`${counter}${inner.suffix}`, tensorOf('int64', [], [round])));
    inner.bind(condition, this.#control.define(`${condition}${inner.suffix}`, tensorOf('bool', [], [1])));
    this.#state.forEach((name, i) => {
      inner.bind(at(outputs, 2 + i), name);
    });
    for (const [i, slices] of attributes.scanned.entries()) {
      const [x, slice] = [inputs, outputs].map((names) => at(names, 2 + attributes.carried + i));
      if (slice) inner.bind(slice, yield* this.#slice(this.#scope.nameOf(x ?? ''), slices, round, most));
    }
  }

  *#slice(x: string, slices: Slices | 'each', round: number, most: number): Nodes<string> {
    if (slices === 'each') return this.#control.list(x)?.[round] ?? x;
    const { axis, reverse } = slices;
    const index = this.#control.define(`${x}/index`, tensorOf('int64', [], [reverse ? most - 1 - round : round]));
    const rank = this.#control.desc(this.#exit, x)?.shape.length ?? 0;
    const { node, output } = this.#control.made(x, 'Gather', [x, index], { axis: normalizeAxis(axis, rank) });
    yield node;
    return output;
  }

  /** Takes what a round gives; whether there is another. */
  #end(inner: Scope): boolean | string {
    const { carried, stacked } = this.#exit.attributes;
    const [condition = '', ...values] = this.#exit.inputs
      .slice(1)
      .map((name) => (name === '' ? '' : inner.nameOf(name)));
    this.#state.forEach((name, i) => {
      this.#requireAlike(name, at(values, i));
    });
    this.#state = values.slice(0, carried);
    stacked.forEach((_, i) => at(this.#given, i).push(at(values, carried + i)));
    return this.#holds(condition);
  }

  /** What the nodes of a body are depends on how many dimensions a value has, and of what type it is. */
  #requireAlike(before: string, after: string): void {
    const [was, is] = [before, after].map((name) => this.#control.desc(this.#exit, name));
    const lists = [before, after].map((name) => this.#control.list(name) !== undefined);
    if (lists[0] !== lists[1])
      this.#misfit('a value carried from round to round is a list in one and a tensor in another');
    if (!was || !is) return;
    if (was.dtype !== is.dtype || was.shape.length !== is.shape.length) {
      const both = [was, is].map(({ dtype, shape }) => `${dtype} of ${shape.length} dimensions`);
      this.#control.refuse(this.#exit, `a value that is ${both.join(' in one round and ')} in the next`);
    }
  }

  *#results(): Nodes {
    const { carried, stacked } = this.#exit.attributes;
    const { outputs } = this.#exit;
    this.#state.forEach((name, i) => {
      this.#scope.bind(outputs[i] ?? '', name);
    });
    for (const [i, slices] of stacked.entries()) {
      const output = outputs[carried + i] ?? '';
      if (output === '') continue;
      const stem = this.#control.unique(`${output}${this.#scope.suffix}@`);
      const given = at(this.#given, i);
      if (slices === 'list') this.#control.setList(this.#exit, stem, given);
      this.#scope.bind(output, slices === 'list' ? stem : yield* this.#stack(stem, given, slices));
    }
  }

  *#stack(stem: string, given: readonly string[], slices: StackedSlices): Nodes<string> {
    const [first] = given;
    if (first === undefined) return this.#control.define(stem, this.#nothing(slices));
    const desc = this.#control.desc(this.#exit, first) ?? this.#misfit('a list of tensors is given for a slice');
    const axis = this.#axis(slices.axis, desc.shape.length + 1);
    const parts: string[] = [];
    for (const name of slices.reverse ? given.toReversed() : given) {
      const { node, output } = this.#control.made(stem, 'Unsqueeze', [name], { axes: [axis] });
      parts.push(output);
      yield node;
    }
    if (parts.length === 1) return at(parts, 0);
    const { node, output } = this.#control.made(stem, 'Concat', parts, { axis });
    yield node;
    return output;
  }

  /** No slices, of the shape that the file says one would have. */
  #nothing({ axis, dtype, shape }: StackedSlices): Tensor {
    if (!dtype || !shape) this.#control.refuse(this.#exit, 'slices of no round, whose shape the model does not say');
    return zeros(dtype, shape.toSpliced(this.#axis(axis, shape.length + 1), 0, 0));
  }

  #depends(what: string): never {
    this.#control.refuse(this.#exit, `${what} depends on data that is not known before the run`, HINT);
  }

  #misfit(message: string): never {
    throw new ShapeError(message, this.#control.where(this.#exit));
  }
}
