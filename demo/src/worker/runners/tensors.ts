/** Models of which nobody knows what they say: they are run on zeros. */
import { Session, type Port, type Tensor } from '../../../../src/index.ts';
import { feedsOf, symbolicExtents } from '../feeds.ts';
import type { OutputSummary } from '../protocol.ts';
import type { OpenRunner } from '../runner.ts';

/** Loads a model as it is. */
export const openTensors: OpenRunner = async (source, options) => {
  const { preprocessing: _preprocessing, labels: _labels, modelBase: _modelBase, ...own } = options;
  const session = await Session.create(source, { ...own, inputShapes: symbolicExtents });
  return {
    session,
    dispose: () => session.dispose(),
    find: async () => {
      const outputs = await session.run(feedsOf(session.inputs));
      return { kind: 'tensors', tensors: Object.entries(outputs).map(summaryOf(session.outputs)) };
    },
  };
};

const summaryOf =
  (ports: readonly Port[]) =>
  ([name, { dtype, shape, data }]: readonly [string, Tensor]): OutputSummary => {
    let [min, max] = [Infinity, -Infinity];
    for (const value of data) {
      min = Math.min(min, value);
      max = Math.max(max, value);
    }
    const quantisation = ports.find((port) => port.name === name)?.quantisation;
    return { name, dtype, shape, min, max, ...(quantisation ? { quantisation } : {}) };
  };
