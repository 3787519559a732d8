/** Softmax and normalisations. */
