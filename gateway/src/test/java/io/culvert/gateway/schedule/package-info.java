@NullMarked
package io.culvert.gateway.schedule;

import org.jspecify.annotations.NullMarked;
