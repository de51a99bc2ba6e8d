package io.culvert.gateway.checkpoint.doctor;

import java.time.Instant;
import java.util.List;

/** Has the backups of this host copied to other sites, and knows what is there. Thread-safe; asked every 20 seconds. */
public interface Copies {

    /** Of a site whose backups stay where they are made. */
    Copies NONE = new Copies() {
        @Override
        public List<Copy> list() {
            return List.of();
        }

        @Override
        public void spread(Instant finished) {}
    };

    /**
     * A place where copies are to be.
     *
     * @param place a peer and a pool of it
     * @param newest when what is there was read here
     * @param trouble what keeps the next one from coming, a clause; empty if nothing is known to
     */
    record Copy(String place, Dated newest, String trouble) {}

    /** All places; empty if the site file names none. */
    List<Copy> list();

    /**
     * Sees to it that a backup is everywhere where it should be, and returns at once.
     *
     * @param finished when the newest was whole on this host
     */
    void spread(Instant finished);
}
