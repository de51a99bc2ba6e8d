/** Tests of the client of the admin socket. */
@NullMarked
package io.culvert.gateway.admin.client;

import org.jspecify.annotations.NullMarked;
