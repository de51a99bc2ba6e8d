/** Tests of chunk boundaries and fingerprints: golden positions, oracles, allocations, the JIT's limits. */
@NullMarked
package io.culvert.dedupe.chunk;

import org.jspecify.annotations.NullMarked;
