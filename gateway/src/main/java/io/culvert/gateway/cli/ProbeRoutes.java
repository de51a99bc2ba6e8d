package io.culvert.gateway.cli;

import io.culvert.gateway.admin.ProbeStepView;
import java.io.PrintStream;
import java.util.List;

/** The traceroutes of a probe to an address side by side, hop by hop, if there are two. */
final class ProbeRoutes {

    private static final String STEP = "route";
    private static final String IDLE = "idle";
    private static final String UNDER_TRIGGER = "under trigger";

    private ProbeRoutes() {}

    static void print(PrintStream out, List<ProbeStepView> steps) {
        steps.stream()
                .filter(step -> step.step().equals(STEP) && step.target().endsWith(UNDER_TRIGGER))
                .forEach(under -> steps.stream()
                        .filter(step -> step.step().equals(STEP)
                                && step.target().equals(under.target().replace(UNDER_TRIGGER, IDLE)))
                        .findFirst()
                        .ifPresent(idle -> print(out, idle, under)));
    }

    private static void print(PrintStream out, ProbeStepView idle, ProbeStepView under) {
        ProbeCommand.section(out, "routes");
        Table table = new Table("HOP>", "IDLE", "UNDER TRIGGER");
        int hops = Math.max(idle.details().size(), under.details().size());
        for (int hop = 1; hop <= hops; hop++) {
            table.row(
                    String.valueOf(hop),
                    idle.details().getOrDefault("hop" + hop, "-"),
                    under.details().getOrDefault("hop" + hop, "-"));
        }
        table.print(out, "nobody answered");
    }
}
