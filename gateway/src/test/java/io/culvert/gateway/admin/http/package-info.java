@NullMarked
package io.culvert.gateway.admin.http;

import org.jspecify.annotations.NullMarked;
