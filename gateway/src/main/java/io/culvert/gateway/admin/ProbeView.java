package io.culvert.gateway.admin;

import java.util.List;
import java.util.Optional;

/**
 * What a probe says of the path to a host.
 *
 * @param verdict a word of the contract, such as {@code ok} or {@code firewall-drop}
 * @param layer that blocks; {@code none} if none does
 * @param confidence high, medium or low; if low, the evidence says which other verdict it may be and what would tell
 * @param evidence sentences, the one that decides first
 * @param ask what to ask of whom; empty if nothing
 * @param rule to add; empty if none would help
 * @param quarantineSeconds how long the hosts were cut off from each other, if that was seen
 */
public record ProbeView(
        String verdict,
        String layer,
        String confidence,
        List<String> evidence,
        String ask,
        String rule,
        List<ProbeStepView> steps,
        Optional<Double> quarantineSeconds) {

    /** The verdict when nothing blocks. */
    public static final String OK = "ok";

    public ProbeView {
        evidence = List.copyOf(evidence);
        steps = List.copyOf(steps);
    }

    /** In one line. */
    public String sentence() {
        return verdict + (evidence.isEmpty() ? "" : ": " + evidence.getFirst());
    }
}
