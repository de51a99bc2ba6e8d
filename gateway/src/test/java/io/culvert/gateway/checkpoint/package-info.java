@NullMarked
package io.culvert.gateway.checkpoint;

import org.jspecify.annotations.NullMarked;
