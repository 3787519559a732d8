/** C0 but for the ends of lines, DEL and C1, and what changes the direction of text: nothing that a terminal should see. */
// oxlint-disable-next-line no-control-regex -- they are what is looked for
export const STEERS = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/;
