package io.culvert.gateway.admin;

import java.time.Instant;
import java.util.List;

/**
 * A copy of etcd's database that was made and checked.
 *
 * @param file on the host of the gateway; zstd of what {@code etcdctl snapshot restore} takes
 * @param revision that it has at least
 * @param copies at other sites; empty if the site file names none
 */
public record EtcdBackup(
        String file, Instant at, long revision, long databaseBytes, long fileBytes, List<EtcdCopy> copies) {

    public EtcdBackup {
        copies = List.copyOf(copies);
    }
}
