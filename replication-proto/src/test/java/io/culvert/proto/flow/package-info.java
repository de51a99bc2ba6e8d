/** Tests of relayed connections: the bytes of their messages, and both ends in a world that cuts. */
@NullMarked
package io.culvert.proto.flow;

import org.jspecify.annotations.NullMarked;
