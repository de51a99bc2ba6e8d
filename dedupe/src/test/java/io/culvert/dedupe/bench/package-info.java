/**
 * Benchmarks, to be read as ratios within one run. {@link io.culvert.dedupe.bench.Benchmarks} says how to run them.
 */
@NullMarked
package io.culvert.dedupe.bench;

import org.jspecify.annotations.NullMarked;
