/** A progress bar on stderr while something loads; silent where stderr is no terminal. */
import cliProgress from 'cli-progress';
import { printable } from '../core/printable.ts';
import type { Sink } from './output.ts';
import { STDERR } from './quiet.ts';

/** One step of a load: bytes of a download, pipelines compiled. */
export interface ProgressStep {
  /** What is happening: `download model.onnx`, `compile`. */
  readonly stage: string;
  readonly done: number;
  /** Undefined when it is not known how much there is. */
  readonly total: number | undefined;
}

/** Shows steps; `stop` clears the line and may be called any number of times. */
export interface Progress {
  readonly report: (step: ProgressStep) => void;
  readonly stop: () => void;
}

const SILENT: Progress = { report: () => undefined, stop: () => undefined };

/**
 * A bar when `stream` is a terminal, nothing otherwise: a log file is no place for redrawn lines. It fits into the terminal and
 * changes no mode of it (the cursor, the wrapping of lines): who stops the command would be left with that.
 */
export function createProgress(
  stream: Sink,
  terminal: NodeJS.WritableStream & { columns?: number } = STDERR,
): Progress {
  if (!stream.isTTY) return SILENT;
  const columns = terminal.columns || 80;
  const barsize = Math.min(30, Math.floor(columns / 3));
  const room = Math.max(1, columns - barsize - ' [] 100% '.length);
  const bar = new cliProgress.SingleBar({
    format: '{stage} [{bar}] {percentage}%',
    stream: terminal,
    linewrap: true,
    clearOnComplete: true,
    barsize,
  });
  let stage: string | undefined;
  const stop = (): void => {
    if (stage !== undefined) bar.stop();
    stage = undefined;
  };
  return {
    report: (given) => {
      const step = { ...given, stage: printable(given.stage) };
      const total = step.total ?? Math.max(1, step.done);
      const shown = { stage: step.stage.length > room ? `${step.stage.slice(0, room - 1)}…` : step.stage };
      if (stage !== step.stage) {
        stop();
        bar.start(total, step.done, shown);
        stage = step.stage;
      } else {
        bar.setTotal(total);
        bar.update(step.done, shown);
      }
    },
    stop,
  };
}
