/** Tests of the session machines, alone and joined by a simulated link. */
@NullMarked
package io.culvert.proto.session;

import org.jspecify.annotations.NullMarked;
