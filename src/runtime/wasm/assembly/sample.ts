/** Elements between elements: resizing. */
