@NullMarked
package io.culvert.gateway.log;

import org.jspecify.annotations.NullMarked;
