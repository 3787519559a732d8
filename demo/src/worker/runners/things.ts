/** Detectors: boxes around things. */
import { createDetector } from '../../../../src/index.ts';
import { common, headedOptions, type OpenRunner } from '../runner.ts';

/** Loads a detector. */
export const openDetector: OpenRunner = async (source, options, known) => {
  const detector = await createDetector(source, headedOptions(options, known));
  return {
    ...common(detector),
    find: async (picture, { threshold, max }) => {
      const found = await detector.detect(picture, { threshold, max });
      return { kind: 'boxes', boxes: found.map((box) => ({ ...box, label: box.label ?? `class ${box.index}` })) };
    },
  };
};
