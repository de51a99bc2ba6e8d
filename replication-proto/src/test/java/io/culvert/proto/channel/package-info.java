/** Tests of the channel machine: two of them in a seeded simulation, every violation, every bound. */
@NullMarked
package io.culvert.proto.channel;

import org.jspecify.annotations.NullMarked;
