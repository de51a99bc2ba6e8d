@NullMarked
package io.culvert.proto.frame;

import org.jspecify.annotations.NullMarked;
