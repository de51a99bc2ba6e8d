/** How a log line looks: one line on standard error, for a person or for the journal. */
@NullMarked
package io.culvert.gateway.log;

import org.jspecify.annotations.NullMarked;
