/** Runs the `tilewise` command in a process of its own, and measures what it took. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Finished } from './command.ts';
import { PATIENCE_MS } from './patience.ts';

/** A finished command. */
export interface Measured extends Finished {
  /** Seconds of processor time: unlike those on the clock, they are the same on a busy machine. */
  readonly cpuSeconds: number;
  /** The most memory it had at once. */
  readonly peakBytes: number;
}

interface Usage {
  readonly userCPUTime: number;
  readonly systemCPUTime: number;
  /** Kilobytes. */
  readonly maxRSS: number;
}

const ROOT = join(import.meta.dirname, '../..');

/**
 * Starts the command and waits for its end; `code` is null, and what it took infinite, when it had to be killed or was ended
 * by a signal.
 */
export function measuredCommand(...argv: string[]): Promise<Measured> {
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', '--import', './test/helpers/report-usage.js', 'src/cli/main.ts', ...argv],
    { cwd: ROOT, timeout: PATIENCE_MS, killSignal: 'SIGKILL', stdio: ['ignore', 'pipe', 'pipe', 'pipe'] },
  );
  const [, stdout, stderr, usage] = child.stdio.map((stream) => {
    const read = { text: '' };
    if (stream && 'read' in stream) stream.setEncoding('utf8').on('data', (text: string) => (read.text += text));
    return read;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) =>
      resolve({ code, stdout: stdout?.text ?? '', stderr: stderr?.text ?? '', ...took(usage?.text ?? '') }),
    );
  });
}

function took(text: string): Pick<Measured, 'cpuSeconds' | 'peakBytes'> {
  if (text === '') return { cpuSeconds: Infinity, peakBytes: Infinity };
  const { userCPUTime, systemCPUTime, maxRSS } = JSON.parse(text) as Usage;
  return { cpuSeconds: (userCPUTime + systemCPUTime) / 1e6, peakBytes: maxRSS * 1024 };
}
