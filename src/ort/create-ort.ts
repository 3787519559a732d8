/** Puts `tilewise/ort` together for where it runs: a page or Node. */
import type { StartThread } from '../core/start-thread.ts';
import { createEnv, type Env, type FindAdapter } from './env.ts';
import type { OpenFiles } from './model.ts';
import { createSession } from './session-impl.ts';
import type { OrtSessionFactory } from './session-types.ts';

/** What differs between a page and Node. */
export interface Platform {
  readonly open: OpenFiles;
  readonly adapter: FindAdapter;
  /** True where an adapter was named from outside: WebGPU is meant then. */
  readonly isAdapterNamed?: () => boolean;
  /** How threads are started, in place of a page's Workers. */
  readonly startThread?: StartThread;
}

/** The parts of the namespace that depend on the platform. */
export interface Ort {
  readonly InferenceSession: OrtSessionFactory;
  readonly env: Env;
}

/** Makes an `InferenceSession` and the `env` that goes with it. */
export function createOrt({ open, adapter, isAdapterNamed = () => false, startThread }: Platform): Ort {
  const { env, hardware, isChosen } = createEnv(adapter);
  const surroundings = { open, env, hardware, meansGpu: () => isAdapterNamed() || isChosen(), startThread };
  return {
    env,
    InferenceSession: { create: (...given: readonly unknown[]) => createSession(surroundings, ...given) },
  };
}
