package io.culvert.gateway.checkpoint;

import java.nio.file.Path;

/** Where a checkpoint store is, as an end of a {@link Migration}. */
public sealed interface StorePlace {

    /** What only the gateway itself reaches serves a site of one gateway. */
    boolean isShared();

    /**
     * The embedded store's file.
     *
     * @param directory which it has to itself
     */
    record InFile(Path directory) implements StorePlace {
        @Override
        public boolean isShared() {
            return false;
        }
    }

    /**
     * An etcd that answers.
     *
     * @param settings whose {@code gateway} is the one that does not run meanwhile
     * @param memory the file in which that gateway keeps what it has seen of its etcd
     * @param shown how people know it
     */
    record InEtcd(EtcdSettings settings, Path memory, String shown, boolean isShared) implements StorePlace {}
}
