/** SqueezeNet (arXiv:1602.07360): fire modules, which squeeze channels before they expand. Names are torchvision's. */
import type { Graph } from '../src/ir/graph.ts';
import { RELU } from '../src/ir/ops.ts';
import { Net, netOptions, type ConvSpec, type Feature, type NetOptions } from './blocks.ts';

/** The paper's network, and the authors' later one of the same accuracy at 2.4 times fewer multiply-adds. */
export type SqueezenetVersion = '1.0' | '1.1';

/** Options of `squeezenet`. */
export interface SqueezenetOptions extends NetOptions {
  /** `1.1` by default. */
  readonly version?: SqueezenetVersion;
}

/** Squeezed channels of a fire module, those of each of its two expansions, or a pool. */
type Layer = readonly [squeezed: number, expanded: number] | 'pool';

interface Layout {
  readonly stem: Omit<ConvSpec, 'name'>;
  /** In order, from `features.2` on. */
  readonly layers: readonly Layer[];
}

const LAYOUTS: { readonly [V in SqueezenetVersion]: Layout } = {
  '1.0': {
    stem: { out: 96, kernel: 7 },
    layers: [
      'pool',
      [16, 64],
      [16, 64],
      [32, 128],
      'pool',
      [32, 128],
      [48, 192],
      [48, 192],
      [64, 256],
      'pool',
      [64, 256],
    ],
  },
  '1.1': {
    stem: { out: 64, kernel: 3 },
    layers: [
      'pool',
      [16, 64],
      [16, 64],
      'pool',
      [32, 128],
      [32, 128],
      'pool',
      [48, 192],
      [48, 192],
      [64, 256],
      [64, 256],
    ],
  },
};

/** Builds SqueezeNet 1.0 or 1.1. Throws InputError on another version and on weights that do not fit. */
export function squeezenet(options: SqueezenetOptions = {}): Graph {
  const given = netOptions('squeezenet', options, { version: Object.keys(LAYOUTS) });
  const { version = '1.1' } = given;
  const layout = LAYOUTS[version];
  const net = new Net(`squeezenet${version.replace('.', '_')}`, given);
  let x = convRelu(net, net.input, { ...layout.stem, name: 'features.0', stride: 2, pad: 0 });
  layout.layers.forEach((layer, i) => {
    x =
      layer === 'pool'
        ? net.pool(x, { kind: 'MaxPool', kernel: 3, stride: 2, ceil: true })
        : fire(net, x, `features.${i + 2}`, layer);
  });
  return net.finishMap(convRelu(net, x, { name: 'classifier.1', out: net.classes }));
}

function fire(net: Net, x: Feature, name: string, [squeezed, expanded]: Exclude<Layer, 'pool'>): Feature {
  const y = convRelu(net, x, { name: `${name}.squeeze`, out: squeezed });
  return net.concat(
    convRelu(net, y, { name: `${name}.expand1x1`, out: expanded }),
    convRelu(net, y, { name: `${name}.expand3x3`, out: expanded, kernel: 3 }),
  );
}

function convRelu(net: Net, x: Feature, spec: ConvSpec): Feature {
  return net.activate(net.conv(x, { ...spec, bias: true }), RELU);
}
