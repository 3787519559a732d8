/** An arrangement in the making: where every value lies so far, and whether it could lie elsewhere. */
import type { DeviceProfile } from '../../core/limits.ts';
import { densePlacement, hasPackedChannels, isDense, isVectorised, type Placement } from '../../core/placement.ts';
import { isPacked, stored, type Storage } from '../../core/storage.ts';
import type { Shape } from '../../core/tensor.ts';
import { valuesThatLeave, type Graph } from '../../ir/graph.ts';
import type { Node, OpKind } from '../../ir/ops.ts';
import { descOf } from '../../ir/rewrite.ts';
import { inputTraits, type LowerContext } from '../../kernels/definition.ts';
import { kernelsOf } from '../../kernels/registry.ts';
import { storagesOf } from './storages.ts';
import { placeView } from './placements.ts';
import { contextOf, movementOf, type Arranged, type Arrangement } from './values.ts';

/** One use of a value: the node, its position in the graph, and which of its inputs. */
export interface Reader {
  readonly node: Node;
  readonly position: number;
  readonly input: number;
}

/** Where values would go. */
type Moves = ReadonlyMap<string, Placement>;

/** Every value starts in a buffer of its own, views in the one they look at. */
export class Draft {
  readonly graph: Graph;
  readonly #device: DeviceProfile;
  readonly #values = new Map<string, Arranged>();
  /** What lies in each buffer, by the value that owns it. */
  readonly #members = new Map<string, Set<string>>();
  readonly #readers = new Map<string, Reader[]>();
  readonly #producers = new Map<string, Node>();
  /** The views of each value, which may have ten thousand other readers. */
  readonly #views = new Map<string, string[]>();
  /** Inputs, outputs and constants keep buffers of their own. */
  readonly #pinned: ReadonlySet<string>;
  readonly #outputs: ReadonlySet<string>;
  readonly #moved = new Set<string>();
  /** What lowering sees of nodes, until something of theirs is put elsewhere. */
  readonly #contexts = new Map<Node, LowerContext<OpKind>>();

  constructor(graph: Graph, device: DeviceProfile, halves: boolean) {
    this.graph = graph;
    this.#device = device;
    this.#outputs = new Set(valuesThatLeave(graph));
    this.#pinned = new Set([...this.#outputs, ...graph.inputs.map((i) => i.name), ...graph.initializers.keys()]);
    const storageOf = storagesOf(graph, halves);
    const own = (name: string, root = name): void => {
      this.#values.set(name, { ...stored(descOf(graph, name), storageOf(name)), root });
      this.#views.set(name, []);
      this.#join(name, root);
    };
    for (const { name } of graph.inputs) own(name);
    for (const name of graph.initializers.keys()) own(name);
    graph.nodes.forEach((node, position) => {
      node.inputs.forEach((name, input) => {
        const list = this.#readers.get(name);
        if (list) list.push({ node, position, input });
        else this.#readers.set(name, [{ node, position, input }]);
      });
      for (const name of node.outputs) {
        if (name === '') continue;
        this.#producers.set(name, node);
        const [source = ''] = isView(node) ? node.inputs : [];
        this.#views.get(source)?.push(name);
        own(name, this.#values.get(source)?.root);
      }
    });
  }

  /** The arrangement as it stands; it goes on changing with the draft. */
  get values(): Arrangement {
    return this.#values;
  }

  /** What lowering would see of a node. */
  context(node: Node): LowerContext<OpKind> {
    const context = this.#contexts.get(node) ?? contextOf(this.graph, node, this.#device, this.#values);
    this.#contexts.set(node, context);
    return context;
  }

  /** Where a value lies; undefined for the empty name of an absent one. */
  at(name: string | undefined): Arranged | undefined {
    return this.#values.get(name ?? '');
  }

  /** The uses of a value itself, not of its views. */
  readersOf(name: string): readonly Reader[] {
    return this.#readers.get(name) ?? [];
  }

  /** True when the value leaves the graph. */
  isOutput(name: string): boolean {
    return this.#outputs.has(name);
  }

  /** True once a value was put into another's buffer, or its channels in another order. */
  isMoved(name: string): boolean {
    return this.#moved.has(name);
  }

  /** The value that a chain of views comes from. */
  sourceOf(name: string): string {
    const producer = this.#producers.get(name);
    return producer && isView(producer) ? this.sourceOf(producer.inputs[0] ?? '') : name;
  }

  /** The node that computes a value. */
  producerOf(name: string): Node | undefined {
    return this.#producers.get(name);
  }

  /**
   * Puts a value, and all that it is a view of or that are views of it, into the buffer of `root`; gives false and
   * changes nothing where something speaks against it: who writes or reads them cannot do so there, or a dispatch
   * would find one buffer both among its inputs and its outputs.
   */
  place(name: string, root: string, placement: Placement): boolean {
    const moves = this.#movesFor(name, placement);
    if (!moves || !this.#allowed(moves, root)) return false;
    for (const [member, to] of moves) this.#set(member, root, to);
    return true;
  }

  /** Gives a value that is only read by copies another order of channels within its own buffer. */
  reorder(name: string, placement: Placement): void {
    this.#set(name, name, placement);
  }

  /** Puts everything that lies in the buffer of one value into that of another, of the same size. */
  takeOver(root: string, by: string): void {
    for (const name of this.#members.get(root) ?? []) {
      const arranged = this.#values.get(name);
      if (arranged) this.#values.set(name, { ...arranged, root: by });
      this.#join(name, by);
    }
    if (root !== by) this.#members.delete(root);
  }

  #join(name: string, root: string): void {
    const members = this.#members.get(root);
    if (members) members.add(name);
    else this.#members.set(root, new Set([name]));
  }

  /** True when every use of a value could find it there. */
  canBeRead(name: string, placement: Placement): boolean {
    const moves = this.#movesFor(name, placement);
    return moves !== undefined && [...moves].every(([member, to]) => this.#readable(member, to));
  }

  /** True when the node that computes a value could put it there. */
  canBeWritten(name: string, placement: Placement): boolean {
    const source = this.sourceOf(name);
    const to = this.#movesFor(name, placement)?.get(source);
    const producer = this.#producers.get(source);
    const kernels = producer && kernelsOf(producer.op);
    if (!to || kernels?.kind !== 'dispatch') return false;
    const { shape } = descOf(this.graph, source);
    if (isDense(to, shape)) return true;
    if (!this.#fits(source, to, this.#values.get(source)?.storage)) return false;
    const { lies = 'dense' } = kernels.outputs;
    if (!hasPackedChannels(to, shape)) return lies === 'channels';
    return lies !== 'dense' && (kernels.moves !== undefined || keepsVectors(to, shape));
  }

  #set(name: string, root: string, placement: Placement): void {
    const arranged = this.#values.get(name);
    const producer = this.#producers.get(name);
    if (!arranged) return;
    this.#values.set(name, { ...arranged, root, placement });
    if (producer) this.#contexts.delete(producer);
    for (const { node } of this.readersOf(name)) this.#contexts.delete(node);
    this.#members.get(arranged.root)?.delete(name);
    this.#join(name, root);
    this.#moved.add(name);
  }

  /** Placements of a value and of all its views and sources, given that of one; nothing where a view has none. */
  #movesFor(name: string, placement: Placement): Moves | undefined {
    const moves = new Map([[name, placement]]);
    for (const [member, at] of moves) {
      for (const other of this.#viewNeighbours(member)) {
        if (moves.has(other)) continue;
        const to = placeView(at, descOf(this.graph, member).shape, descOf(this.graph, other).shape);
        if (!to) return undefined;
        moves.set(other, to);
      }
    }
    return moves;
  }

  #viewNeighbours(name: string): string[] {
    const producer = this.#producers.get(name);
    return [...(producer && isView(producer) ? [producer.inputs[0] ?? ''] : []), ...(this.#views.get(name) ?? [])];
  }

  #allowed(moves: Moves, root: string): boolean {
    const storage = this.#values.get(root)?.storage;
    for (const [name, to] of moves) {
      if (this.#pinned.has(name) || this.#moved.has(name)) return false;
      if (!this.#fits(name, to, storage) || !this.#readable(name, to)) return false;
      if (this.readersOf(name).some(({ node }) => !this.#staysApart(node.outputs, node, root))) return false;
    }
    const source = [...moves.keys()].find((name) => !isViewOf(this.#producers.get(name)));
    const producer = this.#producers.get(source ?? '');
    if (!producer || source === undefined) return false;
    return (
      this.#staysApart(producer.inputs, producer, root) && this.#staysApart(producer.outputs, producer, root, source)
    );
  }

  /** True when a value is stored like what it would lie in, and its elements would share no word with others. */
  #fits(name: string, to: Placement, storage: Storage | undefined): boolean {
    const value = this.#values.get(name);
    return value?.storage === storage && (!value || !isPacked(value.storage) || isVectorised(to, value.shape));
  }

  /** True unless a dispatch of this node would meet one of these operands, but for one, in the buffer of `root`. */
  #staysApart(names: readonly string[], node: Node, root: string, besides?: string): boolean {
    if (isView(node) || movementOf(node.op)) return true;
    return names.every((name) => name === besides || this.#values.get(name)?.root !== root);
  }

  #readable(name: string, placement: Placement): boolean {
    const { shape } = descOf(this.graph, name);
    if (isDense(placement, shape)) return true;
    return this.readersOf(name).every(({ node, input }) => {
      const kernels = kernelsOf(node.op);
      if (kernels.kind === 'view' && input === 0) return true;
      const lies = kernels.kind === 'dispatch' ? inputTraits(kernels, input).lies : undefined;
      if (lies !== 'rows') return lies === 'channels';
      return hasPackedChannels(placement, shape) && keepsVectors(placement, shape);
    });
  }
}

function isView(node: Node): boolean {
  return kernelsOf(node.op).kind === 'view';
}

function isViewOf(producer: Node | undefined): boolean {
  return producer !== undefined && isView(producer);
}

/** What could be read in vectors of four still can: a copy costs less than a convolution without vectors. */
function keepsVectors(placement: Placement, shape: Shape): boolean {
  return isVectorised(placement, shape) || !isVectorised(densePlacement(shape), shape);
}
