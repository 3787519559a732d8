#!/usr/bin/env node
/** Entry of the `tilewise` command: runs it, then ends the process whatever a driver still keeps open. */
import { runCommandLine } from './program.ts';

/** Ends the process once everything written has left it: an open device must not keep it alive. */
function end(code: number): void {
  process.exitCode = code;
  process.stdout.write('', () => process.stderr.write('', () => process.exit(code)));
}

// A reader that goes away (`| head`) is no error; without stderr there is nobody left to tell.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
process.stderr.on('error', () => undefined);

end(await runCommandLine(process.argv.slice(2), process));
