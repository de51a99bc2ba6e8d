package io.culvert.gateway.admin;

import java.util.List;

/**
 * What a verification found.
 *
 * @param damagedChunks all of them, also those that {@code damage} leaves out
 * @param damage at most {@link #MAX_DAMAGE}
 */
public record VerifyReport(
        List<String> pools,
        long snapshots,
        long chunks,
        long bytes,
        double seconds,
        long damagedChunks,
        List<DamageView> damage) {
    /** Longest list of damage. */
    public static final int MAX_DAMAGE = 1_000;

    public VerifyReport {
        pools = List.copyOf(pools);
        damage = List.copyOf(damage);
    }

    /** Whether all that was read is what it was. */
    public boolean intact() {
        return damagedChunks == 0 && damage.isEmpty();
    }
}
