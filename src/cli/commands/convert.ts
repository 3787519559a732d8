/** `tilewise convert`: a model of any format that is read as an ONNX file, or its weights as safetensors. */
import { extname } from 'node:path';
import type { Command } from 'commander';
import { InputError } from '../../core/errors.ts';
import { shapeText } from '../../core/tensor.ts';
import { convertRead } from '../../tasks/convert-model.ts';
import type { ConvertFormat, ConvertReport } from '../../tasks/convert-types.ts';
import { parseInputShapes } from '../arguments.ts';
import type { Context, Runner } from '../context.ts';
import { onModel } from '../locate.ts';
import { byteText } from '../output.ts';
import { requireWritable, writeOutput } from '../output-file.ts';
import { addPictureOptions, pictureOverrides, readLabelsFile, type PictureOptions } from '../picture-task.ts';
import { addInputShapeOption, addSourceOptions, loadModel, type LoadedModel, type SourceOptions } from '../session.ts';

interface CommandOptions extends SourceOptions, PictureOptions {
  readonly output: string;
  readonly inputShape?: readonly string[];
  readonly labels?: string;
  readonly dequantized?: boolean;
}

/** What is written, by how the file's name ends. */
const FORMATS: ReadonlyMap<string, ConvertFormat> = new Map([
  ['.onnx', 'onnx'],
  ['.safetensors', 'safetensors'],
]);

/** Adds the command. */
export function addConvert(program: Command, runner: Runner): void {
  const command = program
    .command('convert')
    .description('write a model of any format that is read as ONNX (opset 20), or its weights only as safetensors')
    .argument('<model>', 'catalogue name, path or URL; of several files the main one')
    .requiredOption('--output <file>', 'where to write it: FILE.onnx or FILE.safetensors')
    .option('--labels <file>', 'class names, one a line, to keep in an ONNX file')
    .option(
      '--dequantized',
      'operators on integers that ONNX does not round alike as real numbers between QuantizeLinear and DequantizeLinear',
    );
  addSourceOptions(addInputShapeOption(addPictureOptions(command))).action(runner.wrap(run));
}

async function run([name = '']: readonly string[], options: CommandOptions, context: Context): Promise<number> {
  const { output } = options;
  const format = formatOf(output);
  requireWritable(output, [name], 'the model that is read');
  const [labels, preprocessing] = [readLabelsFile(options), pictureOverrides(options)];
  const model = await loadModel(name, options, context);
  const inputShapes = parseInputShapes(options.inputShape ?? [], model.graph.inputs);
  const { model: bytes, report } = await onModel(name, async () =>
    convertRead(await readFrom(model), {
      format,
      preprocessing,
      ...(labels ? { labels } : {}),
      ...(options.dequantized ? { dequantized: true } : {}),
      ...(options.inputShape ? { inputShapes } : {}),
    }),
  );
  await writeOutput(output, bytes);
  const further = report.warnings.slice(model.warnings.length);
  for (const warning of further) context.output.note(`warning: ${warning}`);
  context.output.result({ model: name, output, ...report }, () => textOf(output, report));
  return 0;
}

async function readFrom(model: LoadedModel): Promise<Parameters<typeof convertRead>[0]> {
  const { graph, format, name, entry, warnings } = model;
  return { graph, from: format, file: name, entry, warnings, labels: await model.readLabels() };
}

/** Throws InputError that has the formats there are. */
function formatOf(output: string): ConvertFormat {
  const ending = extname(output).toLowerCase();
  const format = FORMATS.get(ending);
  if (format) return format;
  throw new InputError(`the name of the output ends in ${ending === '' ? 'no extension' : `"${ending}"`}`, {
    file: output,
    hint: 'Name it FILE.onnx for the network, or FILE.safetensors for its weights only',
  });
}

function textOf(
  output: string,
  { format, from, bytes, opset, nodes, initializers, inputs, renamed }: ConvertReport,
): string {
  const size = `${output}: ${byteText(bytes)}, ${initializers} tensors`;
  if (format === 'safetensors') {
    const changed = Object.entries(renamed).map(([before, after]) => `\n"${before}" is called "${after}" in it`);
    return `${size} of ${from}: weights only, no network${changed.join('')}`;
  }
  const shapes = inputs.map(({ name, shape }) => `${name} ${shapeText(shape)}`).join(', ');
  return `${size} and ${nodes} nodes of ONNX opset ${opset}, from ${from}\ninputs: ${shapes}`;
}
