package io.culvert.siteconfig;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Where checkpoints and ownership are kept. */
public sealed interface Checkpoints {
    /** The dataset that copies of etcd's backups are, wherever they go; no other one has this name. */
    String BACKUPS_DATASET = "culvert-etcd";

    /** Where backups of etcd are, in a gateway's state directory. */
    String BACKUPS = "etcd-backups";

    /** What the names of files in there end with until they are whole. */
    String UNFINISHED = ".unfinished";

    /** Where backups of etcd are copied to, and how long they stay there; nothing: they stay in the state directory. */
    default Optional<DatasetConfig.Policy> backup() {
        return Optional.empty();
    }

    /**
     * In the state directory: for a site of one gateway, needs no other service. What holds if the file says nothing.
     */
    record Embedded() implements Checkpoints {}

    /**
     * In an etcd cluster: for a site of several gateways.
     *
     * @param endpoints 1 to {@link #MAX_ENDPOINTS}, all {@code https}, or all {@code http} on the loopback interface
     * @param tls always there for {@code https}, never for {@code http}
     * @param prefix begins with {@code /} and does not end with one
     */
    record Etcd(
            List<URI> endpoints,
            Optional<Tls> tls,
            String prefix,
            Maintenance maintenance,
            Optional<DatasetConfig.Policy> backup)
            implements Checkpoints {
        /** The most members that a cluster should have, and more. */
        public static final int MAX_ENDPOINTS = 9;

        /** Under which all keys of Culvert stand. */
        public static final String DEFAULT_PREFIX = "/culvert";

        /** Copies the endpoints. */
        public Etcd {
            endpoints = List.copyOf(endpoints);
        }
    }

    /**
     * In an etcd of one member that the gateway runs itself, on loopback, with its data in the state directory: for a site of one gateway.
     *
     * @param program the etcd binary
     */
    record Spawned(Path program, Maintenance maintenance, Optional<DatasetConfig.Policy> backup)
            implements Checkpoints {}

    /** Who looks after etcd. */
    enum Maintenance {
        /** The gateway backs it up, and compacts and defragments it when it has to be. */
        AUTO,
        /** The gateway says what is to be done. */
        ADVISE
    }

    /**
     * How etcd is trusted and convinced.
     *
     * @param ca a PEM file
     * @param client nothing: etcd asks for no certificate
     */
    record Tls(Path ca, Optional<ClientCertificate> client) {}

    /**
     * The certificate shown to etcd.
     *
     * @param certificate a PEM file
     * @param key a PEM file
     */
    record ClientCertificate(Path certificate, Path key) {}
}
