/** Tests of when jobs start, on a clock of their own. */
@NullMarked
package io.culvert.gateway.schedule;

import org.jspecify.annotations.NullMarked;
