/**
 * Segments: about a mebibyte of chunks compressed together, as they cross the wire and as a pool stores them.
 *
 * <p>An encoder packs chunks, a verifier unpacks them within fixed bounds and hashes every one again. A
 * {@link io.culvert.dedupe.segment.VerifiedSegment} exists only if that succeeded, so whoever holds one may store it.
 */
@NullMarked
package io.culvert.dedupe.segment;

import org.jspecify.annotations.NullMarked;
