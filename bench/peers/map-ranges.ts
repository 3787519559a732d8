/** The least and the greatest element of every feature map of a network, from one run. */
import { rangeOf } from '../../src/compress/quantise/ranges.ts';
import type { Graph } from '../../src/ir/graph.ts';
import { Session } from '../../src/node/session.ts';
import type { LayerNet, Map2d } from './layers.ts';
import type { Ranges } from './quantised-tflite.ts';

/** Runs `folded`, which `net` was read from, on the picture. */
export async function mapRanges(folded: Graph, net: LayerNet, picture: Float32Array): Promise<Ranges> {
  const names = new Set(net.layers.flatMap(results).map(({ name }) => name));
  const session = await Session.create({ ...folded, outputs: [...names] });
  try {
    const { name, shape } = net.input;
    const feeds = { [name]: { dtype: 'float32', shape, data: picture } } as const;
    const results = { ...feeds, ...(await session.run(feeds)) };
    return new Map(Object.entries(results).map(([map, value]) => [map, rangeOf(value)]));
  } finally {
    session.dispose();
  }
}

function results(layer: LayerNet['layers'][number]): readonly Map2d[] {
  return layer.kind === 'split' ? layer.outputs : [layer.y];
}
