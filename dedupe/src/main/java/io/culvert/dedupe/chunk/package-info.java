/** Content-defined chunks and their fingerprints: pure functions over byte arrays. */
@NullMarked
package io.culvert.dedupe.chunk;

import org.jspecify.annotations.NullMarked;
