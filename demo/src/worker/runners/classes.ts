/** Classifiers: the best classes. */
import { createClassifier } from '../../../../src/index.ts';
import { common, type OpenRunner } from '../runner.ts';

/** Classes shown. */
const TOP = 5;

/** Loads a classifier. */
export const openClassifier: OpenRunner = async (source, options) => {
  const classifier = await createClassifier(source, options);
  return {
    ...common(classifier),
    find: async (picture) => {
      const ranked = await classifier.classify(picture, { topK: TOP });
      const scores = ranked.map(({ index, label, score }) => ({ label: label ?? `class ${index}`, score }));
      return { kind: 'scores', scores };
    },
  };
};
