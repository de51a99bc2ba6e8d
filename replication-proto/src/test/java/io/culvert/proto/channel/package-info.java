@NullMarked
package io.culvert.proto.channel;

import org.jspecify.annotations.NullMarked;
