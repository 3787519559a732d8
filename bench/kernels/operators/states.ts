/** A network whose states stay on the GPU from run to run: each is fed what the one before left, and destroys what it was fed. */
import type { Tensor } from '../../../src/core/tensor.ts';
import type { GpuTensor } from '../../../src/runtime/webgpu/elements.ts';
import { Session } from '../../../src/session/session.ts';
import type { OperatorCase } from './case.ts';
import type { Arena, Contender, Tensors } from './contender.ts';

type Feeds = Readonly<Record<string, Tensor | GpuTensor>>;

/** The form of a case that keeps its states. */
export async function withStates(c: OperatorCase, { device }: Arena): Promise<Contender> {
  const { states = {} } = c;
  const keep = Object.values(states);
  const session = await Session.create(c.graph(), { gpu: device });
  const given: Feeds = c.feeds();
  let feeds = given;
  return {
    run: async () => {
      const begin = performance.now();
      const results = await session.run(feeds, { keep });
      destroyStates(feeds);
      feeds = {
        ...given,
        ...Object.fromEntries(Object.entries(states).map(([to, from]) => [to, stateIn(results, from)])),
      };
      return performance.now() - begin;
    },
    answer: async () => {
      const results = await session.run(given, { keep });
      const answer: Tensors = new Map(
        await Promise.all(
          Object.entries(results).map(async ([name, tensor]): Promise<[string, Tensor]> => {
            return [name, 'buffer' in tensor ? await session.read(tensor) : tensor];
          }),
        ),
      );
      destroyStates(results);
      return answer;
    },
    close: async () => {
      destroyStates(feeds);
      session.dispose();
    },
  };
}

function stateIn(results: Feeds, name: string): Tensor | GpuTensor {
  const state = results[name];
  if (!state) throw new Error(`there is no output "${name}"`);
  return state;
}

function destroyStates(tensors: Feeds): void {
  for (const tensor of Object.values(tensors)) if ('buffer' in tensor) tensor.buffer.destroy();
}
