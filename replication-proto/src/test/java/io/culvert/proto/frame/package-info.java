/** Tests of a frame: its bytes beside those of the generated class. */
@NullMarked
package io.culvert.proto.frame;

import org.jspecify.annotations.NullMarked;
