@NullMarked
package io.culvert.gateway;

import org.jspecify.annotations.NullMarked;
