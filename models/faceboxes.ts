/**
 * FaceBoxes (arXiv:1708.05234): a picture that shrinks 32-fold in four layers, then Inception blocks and boxes on three
 * maps. Parameter names are those of the PyTorch network (zisianw/FaceBoxes.PyTorch).
 */
import { tensorOf, type Tensor } from '../src/core/tensor.ts';
import type { Graph } from '../src/ir/graph.ts';
import { NO_ACTIVATION, RELU } from '../src/ir/ops.ts';
import { perCell } from '../src/ir/priors/cells.ts';
import { netOptions, type ConvSpec, type Feature } from './blocks.ts';
import { PLAIN_DECODING } from '../src/heads/box-nodes.ts';
import { MapNet } from './maps.ts';
import { detectedRows, ONE_STAGE, type OneStageOptions } from './one-stage.ts';

/** Anchors of each pixel of the three maps: the first is dense for small faces. */
const ANCHORS = [21, 1, 1];

/**
 * Builds FaceBoxes for pictures of 1024 pixels and 2 classes (background and face): `scores`, float32 `[batch, rows,
 * classes]`, probabilities, and `boxes` `[batch, rows, 4]`, offsets from the anchors as SSD codes them; a row for each anchor of each
 * pixel of each map; or detections, faces being 1. Throws InputError on weights that do not fit.
 */
export function faceBoxes(options: OneStageOptions = {}): Graph {
  const given = { classes: 2, resolution: 1024, ...netOptions('faceBoxes', options, ONE_STAGE) };
  const net = new MapNet('faceboxes', given);
  let x = signed(net, net.input, { name: 'conv1', out: 24, kernel: 7, stride: 4 });
  x = net.pool3(x, 'MaxPool');
  x = signed(net, x, { name: 'conv2', out: 64, kernel: 5, stride: 2 });
  x = net.pool3(x, 'MaxPool');
  for (const name of ['inception1', 'inception2', 'inception3']) x = inception(net, x, name);
  const maps = [x];
  for (const name of ['conv3', 'conv4']) {
    x = basic(net, x, { name: `${name}_1`, out: 128 });
    x = basic(net, x, { name: `${name}_2`, out: 256, kernel: 3, stride: 2 });
    maps.push(x);
  }
  const rows = (kind: 'loc' | 'conf', columns: number): Feature =>
    net.stack(
      maps.map((map, i) => {
        const conv = { name: `${kind}.${i}`, out: (ANCHORS[i] ?? 0) * columns, kernel: 3, bias: true };
        return net.rows(net.conv(map, conv), columns);
      }),
    );
  const [boxes, scores] = [rows('loc', 4), net.softmax(rows('conf', net.classes))];
  if (given.detections === undefined) return net.outputs({ boxes, scores });
  return detectedRows(net, [{ boxes, scores, anchors: anchorsOf(given.resolution) }], READING, given);
}

const READING = {
  decode: { ...PLAIN_DECODING, coding: 'centerSize', anchorForm: 'centers', factors: [0.1, 0.1, 0.2, 0.2] },
  background: true,
  before: 5000,
  score: 0.05,
  iou: 0.3,
} as const;

/** Sides of squares in pixels, and how many stand in a cell each way, of each map. */
const SQUARES = [
  [
    [32, 4],
    [64, 2],
    [128, 1],
  ],
  [[256, 1]],
  [[512, 1]],
] as const;

/** Squares, densified where they are small (section 3.2): from the first pixel of a cell, a lone one in its middle. */
function anchorsOf(resolution: number): Tensor {
  const data = SQUARES.flatMap((squares, level) => {
    const stride = 32 * 2 ** level;
    const side = Math.ceil(resolution / stride);
    const own = squares.flatMap(([size, dense]) =>
      Array.from({ length: dense * dense }, (_, k) => {
        const shares = dense === 1 ? [0.5, 0.5] : [(k % dense) / dense, Math.floor(k / dense) / dense];
        return { size, x: (shares[0] ?? 0) * stride, y: (shares[1] ?? 0) * stride };
      }),
    );
    const { data: rows } = perCell([side, side], own.length, (row, column, k) => {
      const { size = 0, x = 0, y = 0 } = own[k] ?? {};
      return [column * stride + x, row * stride + y, size, size];
    });
    return Array.from(rows);
  });
  return tensorOf('float32', [data.length / 4, 4], data);
}

function basic(net: MapNet, x: Feature, spec: ConvSpec, activation = RELU): Feature {
  return net.convNorm(x, { ...spec, name: `${spec.name}.conv` }, `${spec.name}.bn`, activation);
}

/** A convolution's map and its negative, both rectified (CReLU, arXiv:1603.05201). */
function signed(net: MapNet, x: Feature, spec: ConvSpec): Feature {
  const y = basic(net, x, spec, NO_ACTIVATION);
  const negative = { ...y, name: net.builder.one('Unary', [y.name], { kind: 'neg' }) };
  return net.activate(net.concat(y, negative), RELU);
}

function inception(net: MapNet, x: Feature, name: string): Feature {
  const mean = net.pool(x, { kind: 'AveragePool', kernel: 3, stride: 1, pad: 1 });
  const at = (branch: string, out: number, from: Feature, kernel = 1): Feature =>
    basic(net, from, { name: `${name}.${branch}`, out, kernel });
  return net.concat(
    at('branch1x1', 32, x),
    at('branch1x1_2', 32, mean),
    at('branch3x3', 32, at('branch3x3_reduce', 24, x), 3),
    at('branch3x3_3', 32, at('branch3x3_2', 32, at('branch3x3_reduce_2', 24, x), 3), 3),
  );
}
