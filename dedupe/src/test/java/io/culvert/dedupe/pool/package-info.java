/** Tests of the pool: crashes, power cuts, full disks, flipped bits, on a simulated disk and on real ones. */
@NullMarked
package io.culvert.dedupe.pool;

import org.jspecify.annotations.NullMarked;
