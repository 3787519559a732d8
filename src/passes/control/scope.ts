/** What the values of a graph are called in one round of a loop, or outside of all. */
import type { Node } from '../../ir/ops.ts';

/** See the file's header. */
export class Scope {
  /** The scope that a round lies in. */
  readonly around: Scope | undefined;
  /** What ends the loop that this is a round of. */
  readonly loop: Node | undefined;
  /** Nodes that were looked at in this scope. */
  readonly done = new Set<Node>();
  /** Ends the names of what a round computes. */
  readonly suffix: string;
  readonly #body: ReadonlySet<Node>;
  readonly #names = new Map<string, string>();

  /** Outside of all loops, or a round of one, which has the nodes of its `body`: others belong to a scope around. */
  constructor(
    body: ReadonlySet<Node>,
    within?: { readonly around: Scope; readonly loop: Node; readonly round: number },
  ) {
    this.#body = body;
    this.around = within?.around;
    this.loop = within?.loop;
    this.suffix = within ? `${within.around.suffix}@${within.round}` : '';
  }

  /** The scope that a node belongs to. */
  ownerOf(node: Node): Scope {
    return this.around && !this.#body.has(node) ? this.around.ownerOf(node) : this;
  }

  /** What a value of the graph as it was given is called. */
  nameOf(value: string): string {
    return this.#bound(value) ?? value;
  }

  /** True where the value is one that a loop begins with, or was computed. */
  has(value: string): boolean {
    return this.#bound(value) !== undefined;
  }

  bind(value: string, name: string): void {
    if (value !== '') this.#names.set(value, name);
  }

  #bound(value: string): string | undefined {
    const own = this.#names.get(value);
    return own === undefined && this.around ? this.around.#bound(value) : own;
  }
}
