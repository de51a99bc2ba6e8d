package io.culvert.dedupe.pool;

/** Where a chunk is: the segment record that holds it, and which chunk of it. */
record Place(int container, int offsetBytes, int ordinal, int lengthBytes) {}
