/** Detectors of hands: which they are, and their joints. */
import { createHandDetector } from '../../../../src/index.ts';
import { common, headedOptions, type OpenRunner } from '../runner.ts';

/** Loads a detector of hands; the model for joints comes with the first hand. */
export const openHands: OpenRunner = async (source, options, known) => {
  const { landmarks = false } = known.parts ?? {};
  const hands = await createHandDetector(source, { ...headedOptions(options, known), landmarks });
  return {
    ...common(hands),
    find: async (picture, { threshold, max }) => {
      const found = await hands.detect(picture, { threshold, max });
      const labelled = found.map((hand) => ({ ...hand, label: hand.handedness ? `${hand.handedness} hand` : 'palm' }));
      return { kind: 'boxes', boxes: labelled };
    },
  };
};
