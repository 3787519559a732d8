/** LiteRT.js (XNNPACK in WASM, one thread) as an independent oracle for TensorFlow Lite files, in a process of its own. */
import { fork, type ChildProcess } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Tensor } from '../../src/core/tensor.ts';

/** What the child is asked for; feeds in the model's order. */
export interface LitertRequest {
  readonly model: Uint8Array;
  readonly feeds: readonly Pick<Tensor, 'data' | 'shape'>[];
}

/** An output as LiteRT.js gives it. */
export interface LitertResult {
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
}

/** What the child answers. */
export type LitertAnswer = { readonly results: readonly LitertResult[] } | { readonly error: string };

const LOADER = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

/** One process, which answers one request after the other. */
export class Litert implements Disposable {
  readonly #child: ChildProcess;
  #stderr = '';

  constructor() {
    this.#child = fork(join(import.meta.dirname, 'litert-child.ts'), {
      execArgv: ['--import', LOADER],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.#child.stderr
      ?.setEncoding('utf8')
      .on('data', (text: string) => (this.#stderr = (this.#stderr + text).slice(-800)));
  }

  /** The outputs in the model's order. Rejects with LiteRT's message where it cannot load or run the model. */
  async run(model: Uint8Array, feeds: LitertRequest['feeds']): Promise<readonly LitertResult[]> {
    const answer = await new Promise<LitertAnswer>((resolve, reject) => {
      const ended = (code: number | null): void => reject(new Error(`LiteRT ended with ${code}: ${this.#stderr}`));
      this.#child.once('exit', ended);
      this.#child.once('message', (message: LitertAnswer) => {
        this.#child.off('exit', ended);
        resolve(message);
      });
      this.#child.send({ model, feeds } satisfies LitertRequest);
    });
    if ('error' in answer) throw new Error(`${answer.error} ${this.#stderr}`);
    return answer.results;
  }

  [Symbol.dispose](): void {
    this.#child.kill();
  }
}
