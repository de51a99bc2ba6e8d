/**
 * {@code culvert demo}: two real gateways on this machine, real data, every byte compared.
 *
 * <p>It does what a user would do, with the same commands and the same API: {@code init}, {@code gateway} as child
 * processes, {@code peer invite}, {@code peer join}, replicate, change, replicate, restore. Whatever it made it removes.
 */
@NullMarked
package io.culvert.gateway.cli.demo;

import org.jspecify.annotations.NullMarked;
