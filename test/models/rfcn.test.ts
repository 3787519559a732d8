/** R-FCN: parameters, and that each of them shows in what onnxruntime finds. */
import '../helpers/every-operator.ts';
import { describe, expect, it } from 'vitest';
import { rfcn } from '../../models/rfcn.ts';
import type { WeightSource } from '../../models/weights.ts';
import { FULL } from '../helpers/full.ts';
import { expectEveryWeightMatters, parametersOf, trainedElements, ZEROS } from '../helpers/seeded-networks.ts';
import { calmed, SMALL_RFCN } from '../helpers/two-stage-networks.ts';

const small = (weights: WeightSource) => rfcn({ ...SMALL_RFCN, weights: calmed(weights), pooling: 'align' });

describe('R-FCN', () => {
  it('depends on its weights', async () => {
    await expectEveryWeightMatters(small, FULL);
  });

  it('has the parameters of a ResNet, of a region proposal network, and of three convolutions', () => {
    const parameters = parametersOf((weights) => rfcn({ weights, resolution: 64, proposals: 10 }));
    const shapes = [...parameters].map(([name, { shape }]) => [name, shape] as const);
    const own = shapes.filter(([name]) => !name.startsWith('backbone.'));
    expect(own).toEqual([
      ['rpn.head.conv.0.0.weight', [256, 256, 3, 3]],
      ['rpn.head.conv.0.0.bias', [256]],
      ['rpn.head.cls_logits.weight', [9, 256, 1, 1]],
      ['rpn.head.cls_logits.bias', [9]],
      ['rpn.head.bbox_pred.weight', [36, 256, 1, 1]],
      ['rpn.head.bbox_pred.bias', [36]],
      ['conv_new_1.weight', [1024, 512, 1, 1]],
      ['conv_new_1.bias', [1024]],
      ['rfcn_bbox.weight', [4 * 49, 1024, 1, 1]],
      ['rfcn_bbox.bias', [4 * 49]],
      ['rfcn_cls.weight', [21 * 49, 1024, 1, 1]],
      ['rfcn_cls.bias', [21 * 49]],
    ]);
    // torchvision's ResNet-18 has 11 689 512, of which 513 000 are its classifier's.
    const body = new Map([...parameters].filter(([name]) => name.startsWith('backbone.')));
    expect(trainedElements(body)).toBe(11_689_512 - 513_000);
    expect(parameters.get('backbone.layer4.0.downsample.0.weight')?.shape).toEqual([512, 256, 1, 1]);
  });

  it('refuses options out of range', () => {
    expect(() => rfcn({ weights: ZEROS, batch: 0 })).toThrow('batch 0; detections are those of a picture');
    expect(() => rfcn({ weights: ZEROS, proposals: 0 })).toThrow('proposals 0 is not a count');
    expect(() => rfcn({ weights: ZEROS, width: 0 })).toThrow('width 0 is not positive');
    expect(() => rfcn({ weights: ZEROS, pooling: 'max' as never })).toThrow('pooling');
    expect(() => rfcn({ weights: ZEROS, resolution: 64, scales: [] })).toThrow('sizes');
  });
});
