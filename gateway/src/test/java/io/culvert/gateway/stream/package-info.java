/** Tests of streams between two sites in this JVM, over real TLS; attacks; the benchmark. */
@NullMarked
package io.culvert.gateway.stream;

import org.jspecify.annotations.NullMarked;
