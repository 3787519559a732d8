/**
 * Three networks in the place of MTCNN's, to whom a face is a red square of 12 pixels: a score is its brightness. What they find is
 * known without them.
 */
import { tensorOf } from '../../src/core/tensor.ts';
import { BoxNodes } from '../../src/heads/box-nodes.ts';
import { GraphBuilder } from '../../src/ir/builder.ts';
import type { Graph } from '../../src/ir/graph.ts';
import { NO_ACTIVATION } from '../../src/ir/ops.ts';
import { range } from '../../src/util/arrays.ts';

/** A square: its corner, and how red it is, 0 to 255. */
export interface RedSquare {
  readonly x: number;
  readonly y: number;
  readonly red: number;
}

/** Pixels of a square, and of what the first network looks at. */
export const SIDE = 12;

/** A black picture with red squares. */
export function squaresOf(width: number, height: number, squares: readonly RedSquare[]) {
  const data = new Uint8Array(width * height * 4);
  for (const { x, y, red } of squares)
    for (const i of range(SIDE * SIDE)) data[((y + Math.floor(i / SIDE)) * width + x + (i % SIDE)) * 4] = red;
  return { width, height, data };
}

/** Where the first network says the sides of a face lie: a pixel beyond the square's. The second one takes that back. */
export const WIDER = [-1 / SIDE, -1 / SIDE, 1 / SIDE, 1 / SIDE] as const;
const NARROWER = [1, 1, -1, -1].map((pixels) => pixels / (SIDE + 2));

/** Where the third says they lie, and its points: x of each, then y of each. */
export const SHIFTED = [0.05, -0.1, 0.1, 0] as const;
export const PLACES = [0.3, 0.7, 0.5, 0.35, 0.65, 0.4, 0.42, 0.6, 0.8, 0.82] as const;

/** What a score is of a mean brightness, 0 to 1. */
export const GAINS = { first: 0.9, second: 1.15, third: 1 } as const;

/** The three networks. */
export function cascadeNetworks(): Readonly<Record<keyof typeof GAINS, Graph>> {
  return {
    first: network(SIDE, (b, x) => {
      const score = brightness(b, x, SIDE, GAINS.first);
      return [maps(b, score, WIDER), channelsFirst(b, twoClasses(b, score))];
    }),
    second: boxNetwork(24, GAINS.second, [NARROWER]),
    third: boxNetwork(48, GAINS.third, [SHIFTED, PLACES]),
  };
}

function network(side: number, write: (b: GraphBuilder, x: string) => readonly string[]): Graph {
  const b = new GraphBuilder('squares');
  const x = b.input('data', 'float32', [1, 3, side, side]);
  for (const output of write(b, b.one('Transpose', [x], { perm: [0, 2, 3, 1] }))) b.output(output);
  const graph = b.build();
  return { ...graph, inputs: graph.inputs.map((input) => ({ ...input, suggested: true })) };
}

function boxNetwork(side: number, gain: number, tables: readonly (readonly number[])[]): Graph {
  return network(side, (b, x) => {
    const nodes = new BoxNodes(b);
    const score = nodes.reshaped(brightness(b, x, side, gain), [-1, 1]);
    return [...tables.map((numbers) => sameRow(b, score, numbers)), twoClasses(b, score)];
  });
}

/** The mean red of each window of so many pixels, 2 apart, that was made (pixel − 127.5) / 128. */
function brightness(b: GraphBuilder, x: string, side: number, gain: number): string {
  const nodes = new BoxNodes(b);
  const weights = range(side * side * 3).map((i) => (i % 3 === 0 ? (128 * gain) / 255 / side ** 2 : 0));
  const window = { strides: [2, 2], dilations: [1, 1], pads: [0, 0, 0, 0], padMode: 'explicit' } as const;
  const w = b.constant('w', tensorOf('float32', [side, side, 3, 1], weights));
  const mean = b.one('Conv', [x, w], { ...window, group: 1, activation: NO_ACTIVATION });
  return nodes.binary('add', mean, nodes.scalar((127.5 / 255) * gain));
}

/** Background and face. */
function twoClasses(b: GraphBuilder, score: string): string {
  const nodes = new BoxNodes(b);
  return b.one('Concat', [nodes.binary('sub', nodes.scalar(1), score), score], { axis: -1 });
}

/** The same numbers for each row, whatever it holds. */
function sameRow(b: GraphBuilder, score: string, numbers: readonly number[]): string {
  const nodes = new BoxNodes(b);
  const row = b.constant('row', tensorOf('float32', [numbers.length], numbers));
  return nodes.binary('add', nodes.binary('mul', score, nodes.scalar(0)), row);
}

function maps(b: GraphBuilder, score: string, numbers: readonly number[]): string {
  return channelsFirst(b, sameRow(b, score, numbers));
}

function channelsFirst(b: GraphBuilder, x: string): string {
  return b.one('Transpose', [x], { perm: [0, 3, 1, 2] });
}
