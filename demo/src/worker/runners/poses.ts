/** Estimators of poses: people and their key points. */
import { createPoseEstimator } from '../../../../src/index.ts';
import { common, headedOptions, type OpenRunner } from '../runner.ts';

/** Loads an estimator of poses; where it has a model for landmarks, that comes with the first person. */
export const openPoses: OpenRunner = async (source, options, known) => {
  const { landmarks = false } = known.parts ?? {};
  const poses = await createPoseEstimator(source, { ...headedOptions(options, known), landmarks });
  return {
    ...common(poses),
    find: async (picture, { threshold, max }) => {
      const found = await poses.estimate(picture, { threshold, max });
      return { kind: 'boxes', boxes: found.map((pose) => ({ ...pose, label: 'person' })) };
    },
  };
};
