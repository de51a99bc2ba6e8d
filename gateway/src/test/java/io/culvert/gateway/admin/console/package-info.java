@NullMarked
package io.culvert.gateway.admin.console;

import org.jspecify.annotations.NullMarked;
