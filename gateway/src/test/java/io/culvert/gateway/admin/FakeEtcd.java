package io.culvert.gateway.admin;

import java.io.IOException;
import java.util.List;

/** An etcd of two members, of which one is silent. */
final class FakeEtcd implements EtcdOperations {

    private volatile boolean lost;
    private volatile List<EtcdCopy> copies = List.of();

    @Override
    public EtcdView etcd() {
        return new EtcdView(
                EtcdView.Verdict.WARNING,
                "cdf818194e3a8c32",
                "m1",
                12_345,
                List.of(
                        new EtcdView.Member(
                                "1",
                                "m1",
                                "https://10.1.1.1:2379",
                                EtcdView.Role.LEADER,
                                "3.4.23",
                                20 << 20,
                                12 << 20,
                                7,
                                900,
                                900,
                                ""),
                        new EtcdView.Member(
                                "2",
                                "m2",
                                "https://10.1.1.2:2379",
                                EtcdView.Role.UNKNOWN,
                                "",
                                0,
                                0,
                                0,
                                0,
                                0,
                                "etcd at https://10.1.1.2:2379 does not answer")),
                List.of(new EtcdView.Check(
                        "members",
                        lost ? EtcdView.Verdict.CRITICAL : EtcdView.Verdict.WARNING,
                        "1 of 2",
                        "all",
                        "start or replace m2")),
                FakeSite.NOW);
    }

    void lose() {
        lost = true;
    }

    void copies(EtcdCopy... all) {
        copies = List.of(all);
    }

    @Override
    public EtcdCompaction compactEtcd() {
        return new EtcdCompaction(12_345);
    }

    @Override
    public EtcdDefragmentation defragmentEtcd(Feed<EtcdDefragmented> progress) throws IOException {
        progress.accept(new EtcdDefragmented("m2", 20 << 20, 12 << 20, 0.2));
        progress.accept(new EtcdDefragmented("m1", 21 << 20, 12 << 20, 0.3));
        return new EtcdDefragmentation(2, 17 << 20);
    }

    @Override
    public EtcdBackup backUpEtcd() {
        return new EtcdBackup(
                "/var/lib/culvert/etcd-backups/etcd-1.db.zst", FakeSite.NOW, 12_345, 20 << 20, 3 << 20, copies);
    }

    @Override
    public EtcdReplacement replaceEtcdMember(EtcdReplaceRequest request, Feed<EtcdStep> progress)
            throws OperationException, IOException {
        if (!request.member().equals("m2")) {
            throw new OperationException(FailureCategory.REFUSED, request.member() + " is well");
        }
        progress.accept(new EtcdStep("at 10.1.1.2: start it with", List.of("etcd --name m2", "true")));
        for (int i = 0; i < 3; i++) {
            progress.accept(new EtcdStep("waiting: m2 is not started yet", List.of()));
        }
        return new EtcdReplacement(
                "3", "m2", request.peerUrl().toString(), "https://10.1.1.2:2379", 2, "name it in the site file");
    }
}
