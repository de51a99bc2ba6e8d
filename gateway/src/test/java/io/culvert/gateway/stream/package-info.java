@NullMarked
package io.culvert.gateway.stream;

import org.jspecify.annotations.NullMarked;
