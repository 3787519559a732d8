/** The command line of a benchmark: its errors, its progress, its end. */
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { failureOf, failureText, type Sink, type Streams } from '../../src/cli/output.ts';
import { createProgress } from '../../src/cli/progress.ts';

/** Options of every benchmark. */
export interface BenchOptions {
  readonly json?: boolean;
  readonly verbose?: boolean;
  readonly adapter?: string;
  /** Folder of the report files. */
  readonly outputDir?: string;
  /** `off`: the driver compiles every shader anew. */
  readonly shaderCache: 'on' | 'off';
}

/** A command with the options of every benchmark. */
export function benchCommand(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .option('--json', 'print the results as JSON on stdout and nothing else')
    .option('--verbose', 'print stack traces of errors')
    .option('--adapter <name>', 'auto, hardware, lavapipe, swiftshader, packaged, or a Vulkan driver manifest (.json)')
    .option('--output-dir <dir>', 'folder of the report files; default: bench/results')
    .addOption(
      new Option('--shader-cache <state>', "whether the driver's cache of compiled shaders from earlier runs counts")
        .choices(['on', 'off'] as const)
        .default('off' as const),
    );
}

/** A list of names with commas between, each of `known`. Throws InvalidArgumentError naming what is not, for commander. */
export function listOf<T extends string>(known: readonly T[]): (text: string) => readonly T[] {
  return (text) => {
    const names = text.split(',').map((part) => part.trim());
    const unknown = names.filter((n) => !known.some((k) => k === n));
    if (unknown.length > 0) {
      throw new InvalidArgumentError(
        `There is no ${unknown.map((n) => `"${n}"`).join(', ')}; known: ${known.join(', ')}.`,
      );
    }
    return known.filter((k) => names.includes(k));
  };
}

/** Positive integers with commas between, in the order given, each once. */
export function parseCounts(text: string): readonly number[] {
  const counts = text.split(',').map((part) => Number(part.trim() === '' ? NaN : part));
  if (counts.some((n) => !Number.isSafeInteger(n) || n < 1)) {
    throw new InvalidArgumentError('It must be positive integers with commas between, as in 1,8.');
  }
  return [...new Set(counts)];
}

/** A positive number, for commander. */
export function parsePositive(text: string): number {
  const value = text.trim() === '' ? NaN : Number(text);
  if (!(value > 0) || !Number.isFinite(value)) throw new InvalidArgumentError('It must be a positive number.');
  return value;
}

/**
 * Drivers keep compiled shaders on disk, so that a second start of the same program is no cold one. Tells those that
 * listen to leave that be; to be called before an adapter is requested.
 */
export function disableShaderCache(): void {
  process.env['MESA_SHADER_CACHE_DISABLE'] = 'true';
  process.env['__GL_SHADER_DISK_CACHE'] = '0';
}

/** What a benchmark is doing: a bar in a terminal, a line a step elsewhere. */
export interface Steps {
  /** `done` of `total` steps are over, and `what` begins. */
  readonly begin: (what: string, done: number, total: number) => void;
  /** A result worth a line. */
  readonly note: (line: string) => void;
  readonly stop: () => void;
}

/** Shows steps on stderr. */
export function stepsOn(stream: Sink): Steps {
  const bar = createProgress(stream);
  return {
    begin: (what, done, total) => {
      if (stream.isTTY) bar.report({ stage: what, done, total });
      else stream.write(`[${done + 1}/${total}] ${what}\n`);
    },
    note: (line) => {
      bar.stop();
      stream.write(`${line}\n`);
    },
    stop: bar.stop,
  };
}

/**
 * Runs a benchmark command on arguments (without `node` and the script) and resolves with the exit code; never rejects.
 * What is wrong is one message on stderr and exit code 1, with `--json` also `{error: {code, message, detail}}` on
 * stdout.
 */
export async function runBench<Options extends object>(
  command: Command,
  argv: readonly string[],
  streams: Streams,
  action: (options: Options, steps: Steps) => Promise<number>,
): Promise<number> {
  const json = argv.includes('--json');
  const steps = stepsOn(streams.stderr);
  let code = 0;
  command
    .configureOutput({
      writeOut: (text) => (json ? streams.stderr : streams.stdout).write(text),
      writeErr: (text) => streams.stderr.write(text),
    })
    .exitOverride()
    .showHelpAfterError('(add --help for all options)')
    .action(async () => {
      code = await action(command.opts<Options>(), steps);
    });
  try {
    await command.parseAsync(argv, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    steps.stop();
    if (json) streams.stdout.write(`${JSON.stringify(failureOf(error))}\n`);
    if (!(error instanceof CommanderError)) streams.stderr.write(failureText(error, argv.includes('--verbose')));
    return 1;
  }
}

/** Ends the process with this code once everything written has left it: an open device would keep it alive. */
export function endProcess(code: number): void {
  process.exitCode = code;
  process.stdout.write('', () => process.stderr.write('', () => process.exit(code)));
}
