/**
 * Who may look through the console: one-time codes, and the sessions that they open.
 *
 * <p>Nothing in here knows HTTP, a file or a socket; clock and random source are given. What is kept of a secret is its
 * SHA-256 alone, in memory: a restart ends all of it. Each class has one lock, a leaf.
 */
@NullMarked
package io.culvert.gateway.admin.console;

import org.jspecify.annotations.NullMarked;
