/**
 * FaceBoxes (arXiv:1708.05234): a picture that shrinks 32-fold in four layers, then Inception blocks and boxes on three
 * maps. Parameter names are those of the PyTorch network (zisianw/FaceBoxes.PyTorch).
 */
import type { Graph } from '../src/ir/graph.ts';
import { NO_ACTIVATION, RELU } from '../src/ir/ops.ts';
import { netOptions, type ConvSpec, type Feature, type NetOptions } from './blocks.ts';
import { MapNet } from './maps.ts';

/** Anchors of each pixel of the three maps: the first is dense for small faces. */
const ANCHORS = [21, 1, 1];

/**
 * Builds FaceBoxes for pictures of 1024 pixels and 2 classes (background and face): `scores`, float32 `[batch, rows,
 * classes]`, probabilities, and `boxes` `[batch, rows, 4]`, offsets from the anchors as SSD codes them; a row for each anchor of each
 * pixel of each map. Throws InputError on weights that do not fit.
 */
export function faceBoxes(options: NetOptions = {}): Graph {
  const given = netOptions('faceBoxes', options, {});
  const net = new MapNet('faceboxes', { classes: 2, resolution: 1024, ...given });
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
  return net.outputs({ boxes: rows('loc', 4), scores: net.softmax(rows('conf', net.classes)) });
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
