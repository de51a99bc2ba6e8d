package io.culvert.dedupe.pool;

import java.util.ArrayList;
import java.util.List;

/**
 * What opening a pool found and did.
 *
 * @param indexRebuilt whether the index was built from all containers, because it was missing or damaged
 * @param scannedBytes bytes of containers that were read, beyond the last checkpoint of the index
 * @param cutBytes bytes of torn records cut off the tail of the container that was open
 * @param damages what is damaged and now quarantined
 * @param notes anything else a person should know, one sentence each
 */
public record RecoveryReport(
        boolean indexRebuilt, long scannedBytes, long cutBytes, List<Damage> damages, List<String> notes) {

    public RecoveryReport {
        damages = List.copyOf(damages);
        notes = List.copyOf(notes);
    }

    /** Whether the pool came back as it was left, but for a tail that nobody was promised. */
    public boolean isClean() {
        return damages.isEmpty() && notes.isEmpty();
    }

    /** One line for people. */
    @Override
    public String toString() {
        List<String> said = new ArrayList<>();
        if (indexRebuilt) {
            said.add("its index was built anew");
        }
        if (scannedBytes > 0) {
            said.add(scannedBytes + " bytes were read again");
        }
        if (cutBytes > 0) {
            said.add(cutBytes + " bytes that were being written were cut off");
        }
        notes.forEach(said::add);
        damages.forEach(damage -> said.add("damaged: " + damage));
        return said.isEmpty() ? "as it was left" : String.join("; ", said);
    }

    /** Gathers a report; at most {@value #MAX_ITEMS} damages and notes are kept. */
    static final class Builder {

        private static final int MAX_ITEMS = 1000;
        private final List<Damage> damages = new ArrayList<>();
        private final List<String> notes = new ArrayList<>();
        private boolean indexRebuilt;
        private long scannedBytes;
        private long cutBytes;

        void rebuilt() {
            indexRebuilt = true;
        }

        void scanned(long bytes) {
            scannedBytes += bytes;
        }

        void cut(long bytes) {
            cutBytes += bytes;
        }

        void damage(Damage damage) {
            if (damages.size() < MAX_ITEMS) {
                damages.add(damage);
            }
        }

        void note(String sentence) {
            if (notes.size() < MAX_ITEMS) {
                notes.add(sentence);
            }
        }

        RecoveryReport build() {
            return new RecoveryReport(indexRebuilt, scannedBytes, cutBytes, damages, notes);
        }
    }
}
