/** How a log line looks: one on standard error, for a person or for the journal; and how many there are of a kind. */
@NullMarked
package io.culvert.gateway.log;

import org.jspecify.annotations.NullMarked;
