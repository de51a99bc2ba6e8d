package io.culvert.gateway.admin;

import java.util.List;
import java.util.Optional;

/** An appliance of busan with two connections, of which one is held. */
final class FakeAppliance {

    private FakeAppliance() {}

    static ApplianceView of(int moreConnections, long relayedBytes) {
        ConnectionView carried = new ConnectionView(
                "busan",
                "10.1.1.7:883",
                2049,
                FakeSite.NOW,
                90,
                6L << 20,
                2048,
                1 << 20,
                4096,
                Optional.empty(),
                new ConnectionView.Dedup("on", 6L << 20, 2L << 20, 3));
        ConnectionView held = new ConnectionView(
                "busan",
                "10.1.1.8:702",
                2052,
                FakeSite.NOW,
                7200,
                300,
                200,
                0,
                100,
                Optional.of(FakeSite.NOW),
                new ConnectionView.Dedup("off", 300, 300, 1));
        return new ApplianceView(
                new ApplianceStatus(
                        "dd-busan",
                        ApplianceStatus.Side.REMOTE,
                        List.of("busan"),
                        "10.99.0.5",
                        ServiceView.State.UP,
                        FakeSite.NOW,
                        "",
                        new RelayFigures(
                                2 + moreConnections, 1, 1, 1 << 20, 40, 3, relayedBytes, 7000, 6L << 20, 2L << 20, 3),
                        Optional.of(new LastErrorView(
                                FakeSite.NOW, "connection 10.1.1.9:1 to dd-busan:2049 is reset: why"))),
                new ProgramsView(
                        ProgramsView.Source.LEARNED,
                        Optional.of(FakeSite.NOW),
                        "",
                        List.of(
                                new ProgramsView.Program(100_003, 4, "tcp", 2049),
                                new ProgramsView.Program(100_003, 3, "tcp", 2049),
                                new ProgramsView.Program(100_005, 3, "udp", 2052))),
                List.of(carried, held));
    }
}
