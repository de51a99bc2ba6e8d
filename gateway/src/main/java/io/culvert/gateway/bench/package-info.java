/** {@code culvert bench}: the few figures that say what this machine can do, in seconds; JMH has the fine ones. */
@NullMarked
package io.culvert.gateway.bench;

import org.jspecify.annotations.NullMarked;
