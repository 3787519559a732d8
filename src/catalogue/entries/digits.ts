/** Classifiers of drawn digits. */
import type { CatalogueEntry } from '../entry.ts';
import { picture } from '../pictures.ts';
import { raw, type Repository } from '../sources.ts';

const CAFFE_TENSORFLOW: Repository = ['ethereon/caffe-tensorflow', 'd870c51e8fa3452cb210b378c78be7ba4dcc8cf0'];

/** White on black. */
export const DIGIT_CLASSIFIERS: readonly CatalogueEntry[] = [
  {
    name: 'mnist-lenet',
    title: 'Drawn digits, white on black, LeNet',
    task: 'classification',
    source: {
      kind: 'url',
      ...raw(
        CAFFE_TENSORFLOW,
        'examples/mnist/lenet.prototxt',
        'c0455d92682937813a6ab5f6bbe9ae3753b454eba00686eddab0335de9712beb',
      ),
      companions: [
        {
          // As it is asked for.
          name: 'lenet.caffemodel',
          ...raw(
            CAFFE_TENSORFLOW,
            'examples/mnist/lenet_iter_10000.caffemodel',
            '846f9133807d2314ca63382069646ec8c11ac87881825efc6b5145339351f967',
          ),
        },
      ],
    },
    format: 'caffe',
    labels: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'],
    preprocessing: picture(28, { channelOrder: 'grey', std: [256, 256, 256], layout: 'nchw' }),
    outputs: 'probabilities',
    licence: 'BSD-2-Clause',
  },
];
