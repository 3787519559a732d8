/** What is told of a shader that a device refused. */
import { ShaderError } from '../../core/errors.ts';

/** The error for a pipeline that was not made: each message of the compiler with the numbered source around it. */
export async function describeFailure(
  module: GPUShaderModule,
  { wgsl, label, cause }: { wgsl: string; label: string; cause: unknown },
): Promise<ShaderError> {
  const info = await module.getCompilationInfo().catch(() => undefined);
  const lines = wgsl.split('\n');
  const quotes = (info?.messages ?? [])
    .filter((m) => m.type === 'error')
    .flatMap((m) => {
      const from = Math.max(0, m.lineNum - 3);
      const around = lines.slice(from, m.lineNum + 2).map((text, i) => {
        const number = from + i + 1;
        return `${number === m.lineNum ? '>' : ' '} ${String(number).padStart(4)} ${text}`;
      });
      return [`${m.lineNum}:${m.linePos} ${m.message}`, ...around];
    });
  return new ShaderError(`the shader of ${label} was refused`, {
    lines: quotes.length > 0 ? quotes : String(cause).split('\n'),
    cause,
  });
}
