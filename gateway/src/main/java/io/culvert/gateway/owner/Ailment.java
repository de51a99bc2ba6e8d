package io.culvert.gateway.owner;

import java.time.Instant;

/**
 * What is wrong with a thing that a gateway owns, as that gateway sees it and shows it to the others.
 *
 * @param thing its id
 * @param answers whether it serves still, if not as it should
 * @param since since when that is so
 * @param reason one sentence
 */
public record Ailment(String thing, boolean answers, Instant since, String reason) {}
