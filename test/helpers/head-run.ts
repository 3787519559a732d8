/** A head on outputs that a test makes up: what its nodes give of them by the reference. */
import type { Tensor } from '../../src/core/tensor.ts';
import { tensorOf } from '../../src/core/tensor.ts';
import { BoxNodes } from '../../src/heads/box-nodes.ts';
import { matchHead, type Head } from '../../src/heads/head.ts';
import { GraphBuilder } from '../../src/ir/builder.ts';
import { referenceRun } from './reference.ts';

/** What is known of the picture, and limits of those heads that keep boxes. */
export interface HeadRun {
  readonly width: number;
  readonly height: number;
  readonly threshold?: number;
  readonly iou?: number;
  /** The head's name; the first that fits unless given. */
  readonly named?: string;
}

/** The head that fits outputs of these names, and its results by what they are. Throws InputError where none fits. */
export function runHead(
  heads: readonly Head[],
  outputs: Readonly<Record<string, Tensor>>,
  { width, height, threshold = 0.3, iou = 0.5, named }: HeadRun,
): { readonly head: string; readonly results: Readonly<Record<string, Tensor>> } {
  const ports = Object.entries(outputs).map(([name, { dtype, shape }]) => ({ name, dtype, shape }));
  const { head, read, input } = matchHead(heads, ports, { width, height, classes: undefined }, named);
  const b = new GraphBuilder('head');
  for (const { name, dtype, shape } of read) b.input(name, dtype, shape);
  const { results, feeds } = head.attach(new BoxNodes(b), read, input);
  for (const name of Object.values(results)) b.output(name);
  const limits = { threshold, iou };
  const all = new Map<string, Tensor>(read.map(({ name }) => [name, outputs[name] ?? tensorOf('float32', [0], [])]));
  for (const [what, value] of Object.entries(limits)) {
    const name = feeds[what];
    if (name !== undefined) all.set(name, tensorOf('float32', [], [value]));
  }
  const given = referenceRun(b.build(), all);
  const found = Object.entries(results).map(([what, name]) => [what, given.get(name)]);
  return { head: head.name, results: Object.fromEntries(found) as Readonly<Record<string, Tensor>> };
}
