/** Tests of the probe: verdicts from facts. */
@NullMarked
package io.culvert.gateway.probe;

import org.jspecify.annotations.NullMarked;
