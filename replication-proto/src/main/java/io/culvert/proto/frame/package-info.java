/**
 * One frame of the stream: its fields, its bytes and the gRPC method that carries it.
 *
 * <p>The bytes are those of {@code culvert.v1.Frame}; they are written and read here by hand because the generated class
 * costs twice the CPU. Every length is checked before anything is allocated for it.
 */
@NullMarked
package io.culvert.proto.frame;

import org.jspecify.annotations.NullMarked;
