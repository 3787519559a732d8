#!/usr/bin/env node
/** Entry of the `tilewise` command: runs it, then ends the process whatever a driver still keeps open. */
import { isNoisy, runQuietly, STDERR } from './quiet.ts';

/** Ends the process once everything written has left it: an open device must not keep it alive. */
function end(code: number): void {
  process.exitCode = code;
  process.stdout.write('', () => STDERR.write('', () => process.exit(code)));
}

// A reader that goes away (`| head`) is no error; without stderr there is nobody left to tell.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
STDERR.on('error', () => undefined);

const argv = process.argv.slice(2);
if (isNoisy(argv)) {
  end(await runQuietly());
} else {
  const { runCommandLine } = await import('./program.ts');
  end(await runCommandLine(argv, { stdout: process.stdout, stderr: STDERR }));
}
