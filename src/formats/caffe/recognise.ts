/** Tells Caffe's networks by their content: protobuf text that begins with a field of NetParameter. */

/** White space and comments, then a field whose value is of the right kind: YAML has names as well, but leaves quotes out. */
const BEGIN =
  /^(?:\s|#[^\n]*\n)*(?:(?:name|input)\s*:\s*["']|(?:force_backward|debug_info)\s*:|(?:layers?|input_(?:dim|shape)|state)\s*:?\s*[\d{<[])/;

/** True when the text begins like a network. */
export function recogniseCaffe(bytes: Uint8Array): boolean {
  return BEGIN.test(new TextDecoder().decode(bytes.subarray(0, 2 ** 14)));
}
