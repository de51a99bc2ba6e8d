/**
 * The {@code culvert} command: arguments in, one table or one JSON document out, an exit code.
 *
 * <p>{@link io.culvert.gateway.cli.CulvertCommand} knows all commands. Those about a running gateway call its {@link
 * io.culvert.gateway.admin.SiteOperations} through {@link io.culvert.gateway.admin.client.GatewayClient}; what needs no
 * gateway is asked of {@link io.culvert.gateway.cli.LocalWork}, which the composition root gives. Standard output
 * carries results only.
 */
@NullMarked
package io.culvert.gateway.cli;

import org.jspecify.annotations.NullMarked;
