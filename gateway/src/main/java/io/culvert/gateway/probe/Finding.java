package io.culvert.gateway.probe;

import java.util.List;
import java.util.OptionalDouble;

/**
 * What follows from the facts.
 *
 * @param evidence sentences, the one that decides first
 * @param ask what to ask of whom; empty if nothing is to be asked
 * @param rule to add, in the syntax of nftables; empty if none would help
 * @param quarantineSeconds from the trigger until the hosts reached each other again, if that was seen
 */
public record Finding(
        Verdict verdict,
        Confidence confidence,
        List<String> evidence,
        String ask,
        String rule,
        OptionalDouble quarantineSeconds) {
    public Finding {
        evidence = List.copyOf(evidence);
    }
}
