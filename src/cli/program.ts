/** The `tilewise` command line: its commands and options, and what becomes of errors. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Command, CommanderError } from 'commander';
import { addClassify } from './commands/classify.ts';
import { addCompare } from './commands/compare.ts';
import { addConvert } from './commands/convert.ts';
import { addDemo } from './commands/demo.ts';
import { addDetect } from './commands/detect.ts';
import { addDoctor } from './commands/doctor.ts';
import { addFaces } from './commands/faces.ts';
import { addFetch } from './commands/fetch.ts';
import { addHands } from './commands/hands.ts';
import { addInspect } from './commands/inspect.ts';
import { addMatte } from './commands/matte.ts';
import { addSegment } from './commands/segment.ts';
import { addModels } from './commands/models.ts';
import { addPose } from './commands/pose.ts';
import { addProfile } from './commands/profile.ts';
import { addQuantize } from './commands/quantize.ts';
import { addRun } from './commands/run.ts';
import { addText } from './commands/text.ts';
import { addTune } from './commands/tune.ts';
import { addUpscale } from './commands/upscale.ts';
import { Runner } from './context.ts';
import { failureOf, failureText, jsonText, printableStreams, type Streams } from './output.ts';

/**
 * Runs one command line (without `node` and the script) and resolves with the exit code; never rejects. Anything wrong
 * is one message on stderr and exit code 1; with `--json` also one object `{error: {code, message, detail}}` on stdout.
 */
export async function runCommandLine(argv: readonly string[], raw: Streams): Promise<number> {
  const streams = printableStreams(raw);
  const runner = new Runner(streams);
  const flags = argv.includes('--') ? argv.slice(0, argv.indexOf('--')) : argv;
  const json = flags.includes('--json');
  let told = ''; // help or version, kept back with --json: stdout is for one object
  const program = buildProgram(runner, {
    stdout: json ? { write: (text) => (told += text) } : streams.stdout,
    stderr: streams.stderr,
  });
  try {
    await program.parseAsync(argv, { from: 'user' });
    return runner.exitCode;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) {
      const key = error.code === 'commander.version' ? 'version' : 'help';
      if (json) streams.stdout.write(`${jsonText({ [key]: told.trimEnd() })}\n`);
      return 0;
    }
    if (json) streams.stdout.write(`${jsonText(failureOf(error))}\n`);
    const usage = error instanceof CommanderError;
    if (usage && error.code === 'commander.help') return 1; // no command at all: the help was printed
    const text = usage ? usageText(error, program, flags) : failureText(error, flags.includes('--verbose'));
    streams.stderr.write(text);
    return 1;
  }
}

/** One line: what is wrong, and whose help says what is right. */
function usageText(error: CommanderError, program: Command, flags: readonly string[]): string {
  const { message } = failureOf(error).error;
  const command = program.commands.find((c) => flags.includes(c.name()));
  const name = command === undefined ? 'tilewise' : `tilewise ${command.name()}`;
  return `error: ${message.replace(/\.$/, '')}. See ${name} --help\n`;
}

function buildProgram(runner: Runner, streams: Streams): Command {
  const program = new Command('tilewise')
    .description('Runs trained vision networks on WebGPU from the model file you already have.')
    .version(packageVersion(), '--version', 'print the version')
    .option('--json', 'print one JSON object on stdout and nothing else')
    .option('--verbose', 'print stack traces of errors')
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => streams.stdout.write(text),
      writeErr: (text) => streams.stderr.write(text),
      outputError: () => undefined, // said in one line, when it is caught
    })
    .exitOverride();
  for (const add of [
    addDetect,
    addSegment,
    addMatte,
    addUpscale,
    addText,
    addFaces,
    addHands,
    addPose,
    addClassify,
    addRun,
    addInspect,
    addCompare,
    addProfile,
    addTune,
    addQuantize,
    addConvert,
    addModels,
    addFetch,
    addDoctor,
    addDemo,
  ])
    add(program, runner);
  return program;
}

/** The package finds its own manifest by name: the path differs between a checkout and the built command. */
function packageVersion(): string {
  const manifest: { version: string } = JSON.parse(
    readFileSync(createRequire(import.meta.url).resolve('tilewise/package.json'), 'utf8'),
  );
  return manifest.version;
}
