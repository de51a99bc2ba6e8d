package io.culvert.gateway;

import io.culvert.gateway.testing.Await;
import io.culvert.gateway.testing.EtcdCluster;
import io.culvert.gateway.testing.Site;
import io.culvert.gateway.testing.TwoSites;
import java.nio.file.Files;
import java.util.List;

/**
 * Starts site near with three gateways, which share a pool's disk and an etcd, and site far with one. Each site replicates a dataset to the
 * other; near has a virtual address for an echo service of far.
 */
final class SiteOfThree {

    private SiteOfThree() {}

    /** @param echoPort of the virtual address 127.0.0.1 of near, and of the service, 127.0.0.2 */
    static ThreeGateways start(TwoSites sites, EtcdCluster etcd, int echoPort) throws Exception {
        for (String side : List.of("near", "far")) {
            Files.createDirectories(
                    sites.data().resolve(side)); // which gateways see their sources is looked at now and then only
        }
        Site first = sites.near();
        first.checkpoints(
                "{etcd: {endpoints: [%s], prefix: /culvert, backup: {replicateTo: [{peer: far, pool: main}]}}}"
                        .formatted(String.join(
                                ", ",
                                etcd.endpoints().stream()
                                        .map(at -> "\"" + at + "\"")
                                        .toList())));
        first.settings("""
                peers:
                  far: {bandwidth: [{limit: 160Mbit/s}]}
                grants:
                  far: {write: [main], read: [data, back]}
                appliances:
                  echo: {kind: custom, peer: far, address: 127.0.0.1, services: {echo: {ports: %d}}}
                datasets:
                  data: {kind: tree, path: "%s", replicateTo: [{peer: far, pool: main}]}
                """.formatted(echoPort, sites.data().resolve("near")));
        sites.far().settings("""
                peers:
                  near: {bandwidth: [{limit: 160Mbit/s}]}
                grants:
                  near: {write: [main], read: [data, back], connect: [echo]}
                appliances:
                  echo: {kind: custom, target: 127.0.0.2, services: {echo: {ports: %d}}}
                datasets:
                  back: {kind: tree, path: "%s", replicateTo: [{peer: near, pool: main}]}
                """.formatted(echoPort, sites.data().resolve("far")));
        sites.startAndEnrol();
        ThreeGateways gateways = new ThreeGateways(List.of(first, another(sites, "near-2"), another(sites, "near-3")));
        for (Site one : gateways.all()) {
            Await.until(
                    one.directory() + " sees all",
                    Site.PATIENCE,
                    () -> ThreeGateways.services(one, "gateway", "up").size() == 3);
        }
        return gateways;
    }

    /** One more gateway, as its administrator makes it. */
    static Site another(TwoSites sites, String directory) throws Exception {
        Site first = sites.near();
        Site fresh = sites.anotherGateway(first, directory);
        String token = first.run("gateway", "add").succeeded().text().strip();
        fresh.run(
                        "init",
                        "--join",
                        token,
                        "--dir",
                        fresh.directory().toString(),
                        "--advertise",
                        "127.0.0.1:" + fresh.port())
                .succeeded();
        fresh.fitSiteFile(first, "");
        fresh.start();
        return fresh;
    }
}
