/**
 * `tilewise/models`: builders of published networks, the weights they take, and the catalogue of trained models.
 *
 * @module tilewise/models
 */
export { deeplabV3, deeplabV3Plus, type DeeplabV3Options, type DeeplabV3PlusOptions } from './deeplab.ts';
export { yoloV2Tiny, yoloV3Tiny, type YoloV2TinyOptions, type YoloV3TinyOptions } from './darknet.ts';
export { faceBoxes } from './faceboxes.ts';
export { fastRcnn, fasterRcnn, maskRcnn, type FasterRcnnOptions } from './faster-rcnn.ts';
export { fcn, type FcnOptions } from './fcn.ts';
export { inceptionV3, type InceptionV3Options } from './inception-v3.ts';
export { mobilenetV1, type MobilenetV1Options } from './mobilenet-v1.ts';
export { mobilenetV2, type MobilenetV2Options } from './mobilenet-v2.ts';
export { mobilenetV3, type MobilenetV3Options } from './mobilenet-v3.ts';
export {
  deformableResnet,
  resnet,
  type DeformableResnetOptions,
  type ResnetDepth,
  type ResnetOptions,
} from './resnet.ts';
export { rfcn, type RfcnOptions } from './rfcn.ts';
export { shufflenetV1, type ShuffleGroups, type ShufflenetV1Options } from './shufflenet-v1.ts';
export { shufflenetV2, type ShufflenetV2Options, type ShuffleWidth } from './shufflenet-v2.ts';
export { squeezenet, type SqueezenetOptions, type SqueezenetVersion } from './squeezenet.ts';
export { retinanet, type RetinanetOptions } from './retinanet.ts';
export { ssdliteMobilenetV2, ssdMobilenetV1, type SsdMobilenetOptions } from './ssd.ts';
export { unet, type UnetOptions } from './unet.ts';
export { vgg, type VggDepth, type VggOptions } from './vgg.ts';
export { yoloV8n, type YoloV8nOptions } from './yolo-v8.ts';
export type { NetOptions } from './blocks.ts';
export type { OneStageOptions } from './one-stage.ts';
export { fromSafetensors, randomWeights, type WeightSource } from './weights.ts';
export { toOnnx } from '../src/formats/onnx/write/to-onnx.ts';
export { readSafetensors } from '../src/formats/safetensors/parse.ts';
export { CATALOGUE, defaultModel, findModel } from '../src/catalogue/catalogue.ts';
export type { CatalogueFormat, CatalogueTask, FilePart } from '../src/catalogue/entry.ts';
export type { CatalogueEntry, CatalogueLabels, CatalogueSource, PinnedFile } from '../src/catalogue/catalogue.ts';
