#!/usr/bin/env node
/** Entry of the `tilewise` command: runs it, then ends the process whatever a driver still keeps open. */
import { isNoisy, runQuietly, STDERR } from './quiet.ts';

/** Ends the process once everything written has left it: an open device must not keep it alive. */
function end(code: number): void {
  process.exitCode = code;
  process.stdout.write('', (lost) => {
    if (!lost) STDERR.write('', () => process.exit(code)); // else the stream says so next
  });
}

// A reader that goes away (`| head`) is no error, a full disk is one; without stderr there is nobody left to tell.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  STDERR.write(`error: the output cannot be written: ${error.message}\n`, () => process.exit(1));
});
STDERR.on('error', () => undefined);

const argv = process.argv.slice(2);
if (isNoisy(argv)) {
  end(await runQuietly());
} else {
  const { runCommandLine } = await import('./program.ts');
  end(await runCommandLine(argv, { stdout: process.stdout, stderr: STDERR }));
}
