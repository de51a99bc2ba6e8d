package io.culvert.gateway;

import io.culvert.gateway.checkpoint.EtcdChild;
import io.culvert.gateway.checkpoint.EtcdSettings;
import io.culvert.siteconfig.Checkpoints;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How the etcd that a site file names is reached, and what of it is in the state directory. */
final class EtcdReach {

    private EtcdReach() {}

    /** What this gateway has seen of its etcd. */
    static Path memory(Path stateDir) {
        return stateDir.resolve("etcd-seen");
    }

    /** The data of one that the gateway runs itself. */
    static Path spawnedIn(Path stateDir) {
        return stateDir.resolve("etcd");
    }

    /** One that runs here, as if the site file named it. */
    static Checkpoints.Etcd of(EtcdChild child, Checkpoints.Spawned spawned) {
        return new Checkpoints.Etcd(
                List.of(child.endpoint()),
                Optional.empty(),
                Checkpoints.Etcd.DEFAULT_PREFIX,
                spawned.maintenance(),
                spawned.backup());
    }

    /** @param gateway the name of this one */
    static EtcdSettings settings(Checkpoints.Etcd etcd, String site, String gateway, EtcdSettings.Timing timing)
            throws IOException {
        return new EtcdSettings(etcd.endpoints(), tls(etcd), etcd.prefix(), site, gateway, timing);
    }

    private static EtcdSettings.@Nullable Tls tls(Checkpoints.Etcd etcd) throws IOException {
        if (etcd.tls().isEmpty()) {
            return null;
        }
        Checkpoints.Tls tls = etcd.tls().get();
        Checkpoints.ClientCertificate client = tls.client()
                .orElseThrow(
                        () -> new IOException(
                                "checkpoints.etcd names a ca but no cert and key; etcd must ask its clients for a certificate"));
        return new EtcdSettings.Tls(tls.ca(), client.certificate(), client.key());
    }
}
