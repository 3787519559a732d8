/** The CPU reference of BoxDecode. */
import { zeros } from '../../core/tensor.ts';
import type { NodeOf } from '../../ir/ops.ts';
import { codeLength, hasCells } from '../../ir/shapes/box.ts';
import { at, range } from '../../util/arrays.ts';
import type { Reference } from '../definition.ts';
import { anchorOf, type Anchor } from '../lib/boxes.ts';
import { readBroadcast } from '../lib/elementwise.ts';
import { tensorAt } from '../lib/operands.ts';

type Attributes = NodeOf<'BoxDecode'>['attributes'];
const sigmoid = (v: number): number => 1 / (1 + Math.exp(-v));
/** A place within a cell, of one as wide as the factor about its middle. */
const inCell = (v: number, f: number): number => f * sigmoid(v) - (f - 1) / 2;

type Four = readonly [number, number, number, number];

/** `OpDefinition.reference` of BoxDecode. */
export const boxDecodeReference: Reference<'BoxDecode'> = ({ attributes }, inputs, outputs) => {
  const codes = tensorAt(inputs, 0);
  const anchors = tensorAt(inputs, 1);
  const { shape } = at(outputs, 0);
  const length = codeLength(attributes) + 2 * attributes.points;
  const width = hasCells(attributes) ? 6 : 4;
  const anchor = readBroadcast(anchors, { dtype: 'float32', shape: [...shape.slice(0, -1), width] });
  const y = zeros('float32', shape);
  const rowLength = 4 + 2 * attributes.points;
  for (let row = 0; row < y.data.length / rowLength; row++) {
    const code = Array.from(codes.data.subarray(row * length, (row + 1) * length));
    const own = range(width).map((k) => anchor(row * width + k));
    y.data.set(decodeBox(code, own, attributes), row * rowLength);
  }
  return [y];
};

/** Corners, then key points. */
function decodeBox(code: readonly number[], own: readonly number[], attributes: Attributes): number[] {
  const anchor = anchorOf(firstFour(own), attributes);
  const { factors, clip, points } = attributes;
  const corners = cornersOf(code, anchor, [at(own, own.length - 2), at(own, own.length - 1)], attributes);
  const clipped = corners.map((v, k) =>
    clip.length === 0 ? v : Math.min(Math.max(v, at(clip, k % 2)), at(clip, 2 + (k % 2))),
  );
  const { x, y, w, h } = anchor;
  const marks = range(points).flatMap((p) => [
    x + at(factors, 0) * at(code, 4 + 2 * p) * w,
    y + at(factors, 1) * at(code, 5 + 2 * p) * h,
  ]);
  return [...clipped, ...marks];
}

function cornersOf(code: readonly number[], anchor: Anchor, cell: readonly [number, number], a: Attributes): Four {
  const { x, y, w, h, corners } = anchor;
  const [f0, f1, f2, f3] = firstFour(a.factors);
  const [c0, c1, c2, c3] = a.coding === 'distribution' ? expectations(code, a.bins) : firstFour(code);
  const around = (cx: number, cy: number, bw: number, bh: number): Four => [
    cx - bw / 2,
    cy - bh / 2,
    cx + bw / 2 - a.boxExtent,
    cy + bh / 2 - a.boxExtent,
  ];
  const power = (v: number): number => Math.exp(Math.min(v, a.maxExponent));
  switch (a.coding) {
    case 'centerSize':
      return around(x + f0 * c0 * w, y + f1 * c1 * h, w * power(f2 * c2), h * power(f3 * c3));
    case 'centerLinear':
      return around(x + f0 * c0 * w, y + f1 * c1 * h, w * f2 * c2, h * f3 * c3);
    case 'corner':
      return [corners[0] + f0 * c0, corners[1] + f1 * c1, corners[2] + f2 * c2, corners[3] + f3 * c3];
    case 'cornerSize':
      return [corners[0] + f0 * c0 * w, corners[1] + f1 * c1 * h, corners[2] + f2 * c2 * w, corners[3] + f3 * c3 * h];
    case 'distance':
    case 'distribution':
      return [x - f0 * c0 * w, y - f1 * c1 * h, x + f2 * c2 * w - a.boxExtent, y + f3 * c3 * h - a.boxExtent];
    case 'sigmoidExp':
      return around(x + inCell(c0, f0) * cell[0], y + inCell(c1, f1) * cell[1], w * power(f2 * c2), h * power(f3 * c3));
    case 'sigmoidSquare': {
      const [u, v] = [f2 * sigmoid(c2), f3 * sigmoid(c3)];
      return around(x + inCell(c0, f0) * cell[0], y + inCell(c1, f1) * cell[1], w * u * u, h * v * v);
    }
  }
}

/** The expectation over 0, 1, … of each of four softmaxes. */
function expectations(code: readonly number[], bins: number): Four {
  const [a = 0, b = 0, c = 0, d = 0] = range(4).map((side) => {
    const scores = code.slice(side * bins, (side + 1) * bins);
    const peak = Math.max(...scores);
    const weights = scores.map((v) => Math.exp(v - peak));
    const sum = weights.reduce((total, v) => total + v, 0);
    return weights.reduce((total, v, i) => total + i * v, 0) / sum;
  });
  return [a, b, c, d];
}

function firstFour(list: readonly number[]): Four {
  return [at(list, 0), at(list, 1), at(list, 2), at(list, 3)];
}
