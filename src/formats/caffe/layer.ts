/** The layers of a network as its text has them, in both forms, and which of them there are when the network is used. */
import { ImportError, UnsupportedError } from '../../core/errors.ts';
import { typeOfOld } from './schema.ts';
import type { TextMessage } from './text-message.ts';

/** A layer of the text. */
export interface CaffeLayer {
  readonly name: string;
  /** Its type: `Convolution`, where the old form has CONVOLUTION. */
  readonly type: string;
  readonly bottoms: readonly string[];
  readonly tops: readonly string[];
  /** What its blobs are called that it shares with layers whose blobs are called so; '' where it shares none. */
  readonly shared: readonly string[];
  readonly message: TextMessage;
}

/** Fields of a network beside its layers and inputs: none changes what it computes. */
const NET_FIELDS = [
  'name',
  'force_backward',
  'debug_info',
  'state',
  'input',
  'input_dim',
  'input_shape',
  'layer',
  'layers',
];

/**
 * The layers that a network has when it is tested, in the file's order. Throws ImportError for a text that is no network,
 * UnsupportedError for the form of 2013, whose layers lie within layers.
 */
export function readLayers(net: TextMessage, file: string): CaffeLayer[] {
  net.ignore(...NET_FIELDS);
  const [other] = net.unread();
  if (other !== undefined) {
    net.fail(
      other,
      `"${other}" is no field of a network: this is another file of Caffe's (of a solver, say), or damaged`,
    );
  }
  if (net.has('layer') && net.has('layers'))
    net.fail('layer', 'both "layer" and "layers" are given: Caffe reads either');
  const isOld = net.has('layers');
  const messages = net.messages(isOld ? 'layers' : 'layer');
  if (messages.length === 0) throw new ImportError('the network has no layers', { file, format: 'caffe' });
  if (messages.some((message) => message.has('layer'))) {
    throw new UnsupportedError([{ node: file, op: 'layers', what: 'layers within layers, the form of 2013 (V0)' }], {
      file,
      format: 'caffe',
      hint: "Write it anew with Caffe's upgrade_net_proto_text, and its weights with upgrade_net_proto_binary",
    });
  }
  const isThere = stateOf(net);
  return messages.filter(isThere).map((message) => layerOf(message, isOld));
}

function layerOf(message: TextMessage, isOld: boolean): CaffeLayer {
  const type = isOld ? typeOfOld(message.word('type', '')) : message.text('type', '');
  const name = message.text('name', '');
  if (type === '') message.fail('type', `layer "${name}" has no type`);
  const [bottoms, tops] = [message.texts('bottom'), message.texts('top')];
  if ([...bottoms, ...tops].includes('')) message.fail('name', `layer "${name}" has a blob without a name`);
  return {
    name: name === '' ? type : name,
    type: type === 'Python' ? pythonType(message) : type,
    bottoms,
    tops,
    shared: sharedBlobs(message),
    message,
  };
}

/** The type with the code's name: a row may know what it does, and whoever reads that it is refused knows which it is. */
function pythonType(message: TextMessage): string {
  const param = message.message('python_param');
  return `Python ${param.text('module', '')}.${param.text('layer', '')}`;
}

function sharedBlobs(message: TextMessage): string[] {
  if (!message.isMessage('param')) return message.texts('param');
  return message.messages('param').map((spec) => {
    spec.ignore('lr_mult', 'decay_mult', 'share_mode');
    return spec.text('name', '');
  });
}

/** Whether a layer is there: its rules ask for phases, levels and stages, of which the network may name its own. */
function stateOf(net: TextMessage): (layer: TextMessage) => boolean {
  const state = net.message('state');
  const level = state.integer('level', 0);
  const stages = new Set(state.texts('stage'));
  const meets = (rule: TextMessage): boolean =>
    rule.choice('phase', 'TEST', ['TRAIN', 'TEST']) === 'TEST' &&
    level >= rule.integer('min_level', level) &&
    level <= rule.integer('max_level', level) &&
    rule.texts('stage').every((stage) => stages.has(stage)) &&
    !rule.texts('not_stage').some((stage) => stages.has(stage));
  return (layer) => {
    const [included, excluded] = [layer.messages('include'), layer.messages('exclude')];
    if (included.length > 0 && excluded.length > 0)
      layer.fail('include', 'a layer has rules to include or to exclude it');
    return included.length > 0 ? included.some(meets) : !excluded.some(meets);
  };
}
