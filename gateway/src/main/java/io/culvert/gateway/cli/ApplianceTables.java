package io.culvert.gateway.cli;

import io.culvert.gateway.admin.ApplianceStatus;
import io.culvert.gateway.admin.ApplianceView;
import io.culvert.gateway.admin.ConnectionView;
import io.culvert.gateway.admin.LastErrorView;
import io.culvert.gateway.admin.ProgramsView;
import io.culvert.gateway.admin.RelayFigures;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The tables about appliances. */
final class ApplianceTables {

    /** Connections printed at most; more are counted. */
    static final int MAX_CONNECTIONS = 1_000;

    /** Programs that people know by name (IANA, rpc program numbers). */
    private static final Map<Long, String> NAMES = Map.of(
            100_000L, "portmapper",
            100_003L, "nfs",
            100_005L, "mountd",
            100_011L, "rquotad",
            100_021L, "nlockmgr",
            100_024L, "status",
            100_227L, "nfs_acl");

    private ApplianceTables() {}

    /** A line each. */
    static Table lines(List<ApplianceStatus> appliances) {
        Table table = new Table(
                "APPLIANCE", "PEER", "ADDRESS", "STATE", "CONNECTIONS>", "HELD>", "RATE>", "DEDUP>", "LAST ERROR");
        for (ApplianceStatus a : appliances) {
            RelayFigures figures = a.figures();
            table.row(
                    a.name(),
                    a.peers().isEmpty() ? "-" : String.join(", ", a.peers()),
                    a.address(),
                    Words.word(a.state()),
                    Words.count(figures.connections() + (long) figures.datagramClients()),
                    Words.count(figures.held()),
                    Words.rate(figures.bytesPerSecond()),
                    figures.sentBytes() == figures.plainBytes() ? "-" : Words.ratio(figures.dedupRatio()),
                    a.lastError().map(ApplianceTables::error).orElse("-"));
        }
        return table;
    }

    private static String error(LastErrorView error) {
        return Words.time(error.at()) + " " + error.sentence();
    }

    /** Their programs and connections, below a heading each; nothing if there are no appliances. */
    static void print(PrintStream out, List<ApplianceView> appliances) {
        if (appliances.isEmpty()) {
            return;
        }
        out.println();
        out.println("PROGRAMS");
        programs(appliances).print(out, "none");
        out.println();
        out.println("CONNECTIONS");
        connections(appliances).print(out, "none");
        long all = appliances.stream()
                .mapToLong(appliance -> appliance.status().figures().connections())
                .sum();
        long printed = Math.min(
                MAX_CONNECTIONS,
                appliances.stream()
                        .mapToLong(appliance -> appliance.connections().size())
                        .sum());
        if (all > printed) {
            out.println("and " + Words.count(all - printed) + " more");
        }
    }

    /** What the versions of a program have in common. */
    private record Place(long program, String netid, int port) {}

    private static Table programs(List<ApplianceView> appliances) {
        Table table = new Table("APPLIANCE", "PROGRAM>", "NAME", "VERSIONS", "BY", "PORT>", "FROM", "SINCE", "WHY");
        for (ApplianceView appliance : appliances) {
            ProgramsView known = appliance.programs();
            Map<Place, List<ProgramsView.Program>> places = known.programs().stream()
                    .collect(Collectors.groupingBy(
                            program -> new Place(program.program(), program.netid(), program.port()),
                            LinkedHashMap::new,
                            Collectors.toList()));
            places.forEach((place, versions) -> table.row(
                    appliance.status().name(),
                    String.valueOf(place.program()),
                    NAMES.getOrDefault(place.program(), "-"),
                    versions.stream()
                            .map(program -> program.version())
                            .sorted()
                            .map(String::valueOf)
                            .collect(Collectors.joining(", ")),
                    place.netid(),
                    String.valueOf(place.port()),
                    Words.word(known.source()),
                    Words.time(known.learned()),
                    Words.or(known.reason())));
        }
        return table;
    }

    private static Table connections(List<ApplianceView> appliances) {
        Table table = new Table(
                "CLIENT",
                "APPLIANCE",
                "PEER",
                "STATE",
                "AGE>",
                "TO PEER>",
                "FROM PEER>",
                "RATE>",
                "UNCONFIRMED>",
                "DEDUP");
        int printed = 0;
        for (ApplianceView appliance : appliances) {
            for (ConnectionView c : appliance.connections()) {
                if (printed < MAX_CONNECTIONS) {
                    printed++;
                    table.row(
                            c.client(),
                            appliance.status().name() + ":" + c.port(),
                            c.peer(),
                            c.heldSince()
                                    .map(since -> "held since " + Words.time(since))
                                    .orElse("carried"),
                            Words.seconds(c.ageSeconds()),
                            Words.bytes(c.toPeerBytes()),
                            Words.bytes(c.fromPeerBytes()),
                            Words.rate(c.bytesPerSecond()),
                            Words.bytes(c.retainedBytes()),
                            dedup(c.dedup()));
                }
            }
        }
        return table;
    }

    private static String dedup(ConnectionView.Dedup dedup) {
        return dedup.sentBytes() == dedup.plainBytes()
                ? dedup.state()
                : dedup.state() + ", " + Words.ratio(dedup.ratio());
    }
}
