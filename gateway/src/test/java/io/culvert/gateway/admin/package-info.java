@NullMarked
package io.culvert.gateway.admin;

import org.jspecify.annotations.NullMarked;
