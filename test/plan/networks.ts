/** The networks that plans are judged by: every builder, the models of the test data, and published ones from npm. */
import { inceptionV3 } from '../../models/inception-v3.ts';
import { mobilenetV1 } from '../../models/mobilenet-v1.ts';
import { mobilenetV2 } from '../../models/mobilenet-v2.ts';
import { mobilenetV3 } from '../../models/mobilenet-v3.ts';
import { resnet } from '../../models/resnet.ts';
import { shufflenetV1 } from '../../models/shufflenet-v1.ts';
import { shufflenetV2 } from '../../models/shufflenet-v2.ts';
import { squeezenet } from '../../models/squeezenet.ts';
import { vgg } from '../../models/vgg.ts';
import type { WeightSource } from '../../models/weights.ts';
import { zeros } from '../../src/core/tensor.ts';
import { importModel } from '../../src/formats/detect.ts';
import type { Graph } from '../../src/ir/graph.ts';
import { npmModelFiles } from '../helpers/npm-models.ts';
import { compile } from '../../src/passes/pipeline.ts';
import { hasSharedData, sharedModel } from '../helpers/shared-data.ts';
import '../helpers/every-operator.ts';

/** Plans do not depend on the weights, which for the largest networks take seconds to draw. */
const weights: WeightSource = {
  get: (_, shape) => {
    const tensor = zeros('float32', shape);
    tensor.data.fill(0.5);
    return tensor;
  },
};

const BUILT: Readonly<Record<string, (batch: number) => Graph>> = {
  'MobileNet v1': (batch) => mobilenetV1({ weights, batch }),
  'MobileNet v2': (batch) => mobilenetV2({ weights, batch }),
  'MobileNet v3 small': (batch) => mobilenetV3({ weights, batch, variant: 'small' }),
  'MobileNet v3 large': (batch) => mobilenetV3({ weights, batch, variant: 'large' }),
  'ShuffleNet v1': (batch) => shufflenetV1({ weights, batch }),
  'ShuffleNet v1, 8 groups': (batch) => shufflenetV1({ weights, batch, groups: 8 }),
  'ShuffleNet v2': (batch) => shufflenetV2({ weights, batch }),
  'ShuffleNet v2 0.5x': (batch) => shufflenetV2({ weights, batch, width: 0.5 }),
  'SqueezeNet 1.0': (batch) => squeezenet({ weights, batch, version: '1.0' }),
  'SqueezeNet 1.1': (batch) => squeezenet({ weights, batch, version: '1.1' }),
  'ResNet-18': (batch) => resnet({ weights, batch, depth: 18 }),
  'ResNet-50': (batch) => resnet({ weights, batch, depth: 50 }),
  'VGG-16': (batch) => vgg({ weights, batch, depth: 16 }),
  'Inception v3': (batch) => inceptionV3({ weights, batch }),
};

const SHARED = [
  'light_bvlc_alexnet',
  'light_densenet121',
  'light_inception_v1',
  'light_inception_v2',
  'light_resnet50',
  'light_shufflenet',
  'light_squeezenet',
  'light_vgg19',
  'light_zfnet512',
  'FastestDet',
  'version-RFB-320',
];

/** Package, file, and the side of the input where the model leaves it open. */
const PUBLISHED: readonly (readonly [name: string, file: string, side?: number])[] = [
  ['nsfwjs', 'dist/models/mobilenet_v2/model.min.js'],
  ['nsfwjs', 'dist/models/mobilenet_v2_mid/model.min.js'],
  ['nsfwjs', 'dist/models/inception_v3/model.min.js'],
  ['@vladmandic/human', 'models/blazeface.json', 256],
  ['@vladmandic/human', 'models/centernet.json', 512],
  ['@vladmandic/human', 'models/faceres.json', 224],
  ['@vladmandic/human', 'models/movenet-lightning.json', 192],
];

/** A network by name, compiled for the kernels when it is asked for. */
export type NamedNetwork = readonly [name: string, compiled: () => Promise<Graph>];

/** Networks of the builders, compiled. */
export function builtNetworks(batch = 1): NamedNetwork[] {
  return Object.entries(BUILT).map(([name, build]) => [name, async () => compile(build(batch), { level: 'full' })]);
}

/** Published networks, compiled; those of the test data only where it is there. */
export function publishedNetworks(): NamedNetwork[] {
  const shared = SHARED.map((name): NamedNetwork => {
    return [name, async () => compile((await importModel(sharedModel(`onnx/${name}.onnx`))).graph, { level: 'full' })];
  });
  const published = PUBLISHED.map(([name, file, side]): NamedNetwork => {
    return [
      file,
      async () => {
        const { graph } = await importModel(await npmModelFiles(name, file));
        const inputShapes = side ? Object.fromEntries(graph.inputs.map((i) => [i.name, [1, side, side, 3]])) : {};
        return compile(graph, { level: 'full', inputShapes });
      },
    ];
  });
  return [...(hasSharedData ? shared : []), ...published];
}
