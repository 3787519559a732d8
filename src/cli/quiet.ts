/**
 * Keeps Dawn's remarks on a driver's limits, and on there being no driver, off stderr. Dawn writes them straight to the descriptor,
 * and no toggle turns them off, so the command runs in a child whose stderr is read line by line: these remarks are dropped, all
 * else is passed on.
 */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { createInterface } from 'node:readline';
import { WriteStream } from 'node:tty';

/** Set in the child: `terminal` where its descriptor 3 is the terminal that stderr was, else `pipe`. */
const MARK = 'TILEWISE_QUIET_STDERR';

/** Commands that open a GPU, unless they are told to use the CPU. */
const COMMANDS = [
  'detect',
  'classify',
  'run',
  'compare',
  'profile',
  'tune',
  'quantize',
  'demo',
  'doctor',
  'faces',
  'hands',
  'pose',
  'matte',
  'segment',
];

/** Where the next driver is then tried, or an error says that there is none. */
const REMARK =
  /^Warning: (max\w+ artificially reduced from \d+ to \d+|vkCreateInstance: Found no drivers|vkCreateInstance failed with VK_ERROR_INCOMPATIBLE_DRIVER)/;

/** What may follow a remark: where in Dawn it comes from, and an empty line. */
const FOLLOWS = /^( {4}at .*)?$/;

/** Tells, line by line, what of a driver's process is for people. */
export function withoutRemarks(): (line: string) => boolean {
  let remark = false;
  return (line) => {
    remark = REMARK.test(line) || (remark && FOLLOWS.test(line));
    return !remark;
  };
}

/** True where Dawn may write remarks into this process: it opens Vulkan on Linux only. */
export function isNoisy(argv: readonly string[]): boolean {
  const onCpu = ['cpu', 'wasm'].some((name) =>
    `${argv.join(' ')} `.replaceAll('=', ' ').includes(`--backend ${name} `),
  );
  const helped = argv.includes('--help') || argv.includes('-h');
  return (
    process.platform === 'linux' &&
    process.env[MARK] === undefined &&
    !onCpu &&
    !helped &&
    COMMANDS.some((command) => argv.includes(command))
  );
}

/** Where people read errors and progress: in the child too the terminal that it was, if it was one. */
export const STDERR = process.env[MARK] === 'terminal' ? new WriteStream(3) : process.stderr;

/** Runs this very command line in a child, and resolves with its exit code; signals are handed on. */
export function runQuietly(): Promise<number> {
  const [script = '', ...argv] = process.argv.slice(1);
  const child = spawn(process.execPath, [...process.execArgv, script, ...argv], {
    stdio: ['inherit', 'inherit', 'pipe', process.stderr.isTTY ? 2 : 'ignore'],
    env: { ...process.env, [MARK]: process.stderr.isTTY ? 'terminal' : 'pipe' },
  });
  if (child.stderr) {
    const isMeant = withoutRemarks();
    createInterface(child.stderr).on('line', (line) => {
      if (isMeant(line)) process.stderr.write(`${line}\n`);
    });
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)));
  });
}
