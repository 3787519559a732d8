/** Convolutions whose patches are packed on the fly, Winograd's among them, and transposed ones. */
