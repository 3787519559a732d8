/** Networks with real weights, by what they are called in reports: what runs node by node on wgpu. */
import type { ModelFiles } from '../../src/formats/importer.ts';
import { npmModelFiles } from '../helpers/npm-models.ts';
import { sharedModel } from '../helpers/shared-data.ts';

/** A network, and values for its inputs. */
export interface Network {
  readonly name: string;
  readonly open: () => ModelFiles | Promise<ModelFiles>;
  /** Inputs lie between these. */
  readonly low: number;
  readonly high: number;
  /** The recorded outputs of another runtime, by their name in the test data. */
  readonly golden?: string;
}

const npm = (packageName: string, file: string, low: number, high: number): Network => ({
  name: file,
  open: () => npmModelFiles(packageName, file),
  low,
  high,
});

const shared = (file: string, golden: string): Network => ({
  name: file,
  open: () => sharedModel(`onnx/${file}`),
  low: -1,
  high: 1,
  golden,
});

/** Those that come with packages. */
export const PACKAGED: readonly Network[] = [
  npm('nsfwjs', 'dist/models/mobilenet_v2/model.min.js', 0, 1),
  npm('nsfwjs', 'dist/models/mobilenet_v2_mid/model.min.js', 0, 1),
  npm('@vladmandic/human', 'models/centernet.json', 0, 255),
  npm('@vladmandic/human', 'models/movenet-lightning.json', 0, 255),
  npm('@vladmandic/human', 'models/blazeface.json', -1, 1),
];

/** Those of the shared test data. */
export const SHARED: readonly Network[] = [
  shared('FastestDet.onnx', 'FastestDet__street'),
  shared('version-RFB-320.onnx', 'version-RFB-320__faces_1'),
];
