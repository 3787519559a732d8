/** Masks of people before a background. */
import type { CatalogueEntry } from '../entry.ts';
import { picture, UNIT } from '../pictures.ts';
import { mediapipe, repositoryFile, type Repository } from '../sources.ts';

const PORTRAIT: Repository = ['anilsathyan7/Portrait-Segmentation', 'dbf69b043cf70d3362bc500ee620f20807e622d2'];

/** A mask has one class, and is one of a foreground. */
const MASK = { task: 'matting', also: ['segmentation'], labels: ['person'], format: 'tflite' } as const;

/** The usual one first. */
export const PEOPLE_MASKS: readonly CatalogueEntry[] = [
  {
    ...MASK,
    name: 'selfie-segmentation',
    title: 'People before a background, MediaPipe',
    source: mediapipe(
      'selfie_segmentation',
      'selfie_segmentation.tflite',
      '8d13b7fae74af625c641226813616a2117bd6bca19eb3b75574621fc08557f27',
    ),
    preprocessing: picture(256, UNIT),
    outputs: 'decoded',
    decode: 'matte',
    notes: 'activation_10 [1, 256, 256, 1]: that it is a person, 0…1',
    licence: 'Apache-2.0',
    default: true,
  },
  {
    ...MASK,
    name: 'selfie-segmentation-landscape',
    title: 'People before a background, MediaPipe, for wide pictures',
    source: mediapipe(
      'selfie_segmentation',
      'selfie_segmentation_landscape.tflite',
      '4aafe6223bb8dac6fac8ca8ed56852870a33051ef3f6238822d282a109962894',
    ),
    preprocessing: picture(256, { height: 144, ...UNIT }),
    outputs: 'decoded',
    decode: 'matte',
    notes: 'segment_back [1, 144, 256, 1]: that it is a person, 0…1',
    licence: 'Apache-2.0',
  },
  {
    ...MASK,
    name: 'portrait-prisma-net',
    title: 'People before a background, PrismaNet',
    source: repositoryFile(
      PORTRAIT,
      'models/prisma_seg/prisma-net_fp16.tflite',
      '736521804fb3b796d8b5c2571bfb80e411fbb000fb9345e31ef3d4052b77f824',
    ),
    preprocessing: picture(256, UNIT),
    outputs: 'decoded',
    decode: 'matte',
    notes: 'reshape_2/Reshape [1, 65536]: that it is a person, 0…1, row by row',
    licence: 'MIT',
  },
  {
    ...MASK,
    name: 'portrait-video-int8',
    title: 'People before a background, frame after frame, 8-bit',
    source: repositoryFile(
      PORTRAIT,
      'models/portrait_video/portrait_video_quant.tflite',
      '8dfa4796dd428d0bccdd6dfa0c6dc4caff8683c36bc4887fd68091cfd61c3b32',
    ),
    outputs: 'decoded',
    decode: 'matte',
    notes:
      'takes [1, 224, 224, 4]: colours by the statistics of ImageNet, and the mask of the frame before, zeros at first; gives Identity [1, 50176]: that it is a person, 0…1, row by row',
    licence: 'MIT',
  },
];
