/** Classifiers that judge people's pictures. */
import type { CatalogueEntry } from '../entry.ts';
import { picture } from '../pictures.ts';
import { nsfw } from '../sources.ts';

/** The order of the nsfwjs networks' five outputs. */
const NSFW_LABELS = ['Drawing', 'Hentai', 'Neutral', 'Porn', 'Sexy'];

/** nsfwjs divides by 255 and resizes with aligned corners. */
const NSFW_PICTURE = { std: [255, 255, 255], resize: { method: 'bilinear', alignCorners: true } } as const;

/** The smallest first. */
export const SAFETY_CLASSIFIERS: readonly CatalogueEntry[] = [
  {
    name: 'nsfw-mobilenet-v2',
    title: 'NSFW picture classifier, MobileNet v2 (the smallest)',
    task: 'classification',
    source: nsfw(
      'mobilenet_v2',
      'c32f104fd562b08cdff5ed69dfe1209643afa47e792fb12751d2949aa61a397a',
      'feffc6868d61e412a4e7a22657a3d07a8a48df6e11688a9e25b77c23cb7b45c9',
      'ef2e0a63f7d2c4960b37b024b669313f65d3c45cd59e9042636c55b39de53517',
    ),
    format: 'tfjs-layers',
    labels: NSFW_LABELS,
    preprocessing: picture(224, NSFW_PICTURE),
    outputs: 'probabilities',
    licence: 'MIT',
  },
  {
    name: 'nsfw-mobilenet-v2-mid',
    title: 'NSFW picture classifier, MobileNet v2 of middle size',
    task: 'classification',
    source: nsfw(
      'mobilenet_v2_mid',
      'a7a9e701491e2449b221dab7c424957f853e700602b5575da33cfd745616f964',
      '935a537cc627402ee7303f75e59083809ab857ae99969523ba1aa726c65c8161',
      'f2e79a209e44d668220ec5f1533a98f2be954e3953685bf074d201b82fefc29a',
      'f291df992a0131741372506a6072fb9f1645bff7c973c983fd6276f5f9625d5e',
    ),
    format: 'tfjs-graph',
    labels: NSFW_LABELS,
    preprocessing: picture(224, NSFW_PICTURE),
    outputs: 'probabilities',
    licence: 'MIT',
  },
  {
    name: 'nsfw-inception-v3',
    title: 'NSFW picture classifier, Inception v3 (the most accurate)',
    task: 'classification',
    source: nsfw(
      'inception_v3',
      '8c2b793b9d277840fc757725bf3b135c96d5a54ec020e2b4ab569fc3df6b3848',
      'f5882005bdfa95fa82c3d2fe0419b27495736336e1784a3563a8b746f3c3f7e3',
      'e9316ac20ff634f990e483062050afe9a4826885c3a212d676ce2cfda93a4884',
      '467b33d62b4c470edf8acd3da554e331f2d49f3f93ddd718f944f595c516cd82',
      '075300e057ca7e9fd2e282afbc3a6596a0404288c94bf781e9b20658cbeee664',
      'b51ee46e062e752e81c28761a56369432671bfb3d59f4f062f5bd4dd58ff5303',
      'd4149969b3c61e0d4dde1d4f555f5b00f4fc87f6bab1a4cd4967b24f62725de6',
      'b684762a7d7c39b80183d260bdab6f072321349300f9f2ff144a085a382acfc4',
    ),
    format: 'tfjs-layers',
    labels: NSFW_LABELS,
    preprocessing: picture(299, NSFW_PICTURE),
    outputs: 'probabilities',
    licence: 'MIT',
  },
];
