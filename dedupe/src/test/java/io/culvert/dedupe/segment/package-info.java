/** Tests of segments: bounds, bombs, flipped bits. */
@NullMarked
package io.culvert.dedupe.segment;

import org.jspecify.annotations.NullMarked;
