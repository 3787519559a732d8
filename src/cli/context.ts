/** What every command is given, and the options that every command has. */
import type { Command } from 'commander';
import { createOutput, type Output, type Streams } from './output.ts';
import { createProgress, type Progress } from './progress.ts';

/** Options that belong to the program and may stand before or after the command's name. */
export interface GlobalOptions {
  readonly json?: boolean;
  readonly verbose?: boolean;
}

/** One command's surroundings. */
export interface Context {
  readonly output: Output;
  readonly progress: Progress;
  /** Registers what must be closed before the process ends, also after a failure; last in, first out. */
  readonly defer: (close: () => unknown) => void;
}

/** A command's work: resolves with the exit code. */
export type Action<Options> = (args: readonly string[], options: Options, context: Context) => Promise<number>;

/** Runs actions: sets up their context, clears the bar and closes what they opened, keeps the exit code. */
export class Runner {
  readonly #streams: Streams;
  exitCode = 0;

  constructor(streams: Streams) {
    this.#streams = streams;
  }

  /** A commander action that runs `action` with the command's arguments and all options. */
  wrap<Options>(action: Action<Options>): (this: Command) => Promise<void> {
    const streams = this.#streams;
    const finish = (code: number): void => {
      this.exitCode = code;
    };
    return async function (this: Command) {
      const options = this.optsWithGlobals<Options & GlobalOptions>();
      const closing: (() => unknown)[] = [];
      const progress = createProgress(streams.stderr);
      const context: Context = {
        output: createOutput(streams, options.json ?? false, options.verbose ?? false),
        progress,
        defer: (close) => closing.push(close),
      };
      try {
        finish(await action(this.args, options, context));
      } finally {
        progress.stop();
        for (const close of closing.reverse()) await close();
      }
    };
  }
}
