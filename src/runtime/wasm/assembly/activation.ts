/** Activations, of whole tensors and of what other kernels have just written. */
