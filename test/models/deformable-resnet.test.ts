/** A ResNet of deformable convolutions: parameters, and agreement with onnxruntime on seeded random weights. */
import '../helpers/every-operator.ts';
import { describe, expect, it } from 'vitest';
import { deformableResnet, resnet } from '../../models/resnet.ts';
import { randomWeights, type WeightSource } from '../../models/weights.ts';
import { FULL } from '../helpers/full.ts';
import { expectAgreement, expectEveryWeightMatters, parametersOf, ZEROS } from '../helpers/seeded-networks.ts';
import { withSmaller } from '../helpers/smaller-weights.ts';

/** Offsets of random weights reach beyond the maps of the last stage, whose samples are zeros then: smaller ones stay on them. */
const calmed = (weights: WeightSource): WeightSource => withSmaller(weights, /conv_offset/);

const small = (weights: WeightSource) =>
  deformableResnet({ weights: calmed(weights), width: 1 / 16, resolution: 64, classes: 7 });

describe('a deformable ResNet-18', () => {
  it('agrees with onnxruntime', async () => {
    await expectAgreement(small(randomWeights(5)));
  });

  if (FULL)
    it('of bottlenecks does, too', async () => {
      await expectAgreement(
        deformableResnet({ weights: calmed(randomWeights(5)), depth: 50, width: 1 / 4, resolution: 47, classes: 7 }),
      );
    });

  it('depends on its weights', async () => {
    await expectEveryWeightMatters(small, FULL);
  });

  it('has those of a ResNet, and offsets and masks of twelve convolutions', () => {
    const parameters = parametersOf((weights) => deformableResnet({ weights, resolution: 32 }));
    const plain = parametersOf((weights) => resnet({ weights, depth: 18, resolution: 32 }));
    for (const [name, { shape }] of plain) expect(parameters.get(name)?.shape, name).toEqual(shape);
    const more = [...parameters].filter(([name]) => !plain.has(name)).map(([name, { shape }]) => [name, shape]);
    const channels = [64, 128, 256];
    const expected = channels.flatMap((inC, k) =>
      [0, 1].flatMap((block) =>
        [1, 2].flatMap((conv) => {
          const name = `layer${k + 2}.${block}.conv${conv}.conv_offset`;
          return [
            [`${name}.weight`, [27, block === 0 && conv === 1 ? inC : 2 * inC, 3, 3]],
            [`${name}.bias`, [27]],
          ];
        }),
      ),
    );
    expect(more).toEqual(expected);
  });

  it('of another depth, or no width, is refused', () => {
    expect(() => deformableResnet({ weights: ZEROS, depth: 20 as never })).toThrow('depth 20; ResNet has');
    expect(() => deformableResnet({ weights: ZEROS, width: 0 })).toThrow('width 0 is not positive');
  });
});
