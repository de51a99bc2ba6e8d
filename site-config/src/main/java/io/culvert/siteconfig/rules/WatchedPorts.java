package io.culvert.siteconfig.rules;

import io.culvert.siteconfig.Appliance;
import io.culvert.siteconfig.ApplianceKind;
import io.culvert.siteconfig.ApplianceService;
import io.culvert.siteconfig.PortRange;
import io.culvert.siteconfig.SiteConfig;
import io.culvert.siteconfig.Transport;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The ports of appliances, which belong in the stream and must not cross between sites beside it.
 *
 * <p>They are those of every kind of appliance and of the site file's own services, with the portmapper's. Ports of RPC programs are
 * watched by TCP and UDP. Left out are ports below 1024 without a program (echo, ssh, a web console): they have other uses, and stopping
 * them between whole networks would cut off more than appliances.
 *
 * @param tcp in order, none touching another; so are those of {@code udp}
 * @param programs numbers of the RPC programs, which the portmapper must not be asked for across
 */
public record WatchedPorts(List<PortRange> tcp, List<PortRange> udp, SortedSet<Integer> programs) {
    static final int PORTMAPPER = 111;
    private static final int PORTMAPPER_PROGRAM = 100_000;
    private static final int FIRST_OF_FREE_USE = 1024;

    /** Copies all. */
    public WatchedPorts {
        tcp = List.copyOf(tcp);
        udp = List.copyOf(udp);
        programs = new TreeSet<>(programs);
    }

    /** Those of all kinds, and of the appliances of a site file. */
    static WatchedPorts of(SiteConfig site) {
        List<PortRange> tcp = new ArrayList<>(List.of(new PortRange(PORTMAPPER, PORTMAPPER)));
        List<PortRange> udp = new ArrayList<>(tcp);
        SortedSet<Integer> programs = new TreeSet<>();
        Stream<ApplianceService> ofKinds =
                Stream.of(ApplianceKind.values()).flatMap(kind -> kind.services().values().stream());
        Stream<ApplianceService> ofSite = site.appliances().values().stream()
                .map(Appliance::services)
                .flatMap(services -> services.values().stream());
        Stream.concat(ofKinds, ofSite).forEach(service -> {
            boolean isProgram = service.program().isPresent();
            service.program().stream()
                    .filter(program -> program != PORTMAPPER_PROGRAM)
                    .forEach(programs::add);
            for (PortRange range : service.ports()) {
                if (isProgram || range.first() >= FIRST_OF_FREE_USE) {
                    addIf(isProgram || service.transport() != Transport.UDP, tcp, range);
                    addIf(isProgram || service.transport() != Transport.TCP, udp, range);
                }
            }
        });
        return new WatchedPorts(merged(tcp), merged(udp), programs);
    }

    private static void addIf(boolean wanted, List<PortRange> ports, PortRange range) {
        if (wanted) {
            ports.add(range);
        }
    }

    private static List<PortRange> merged(List<PortRange> ranges) {
        List<PortRange> merged = new ArrayList<>();
        for (PortRange range : ranges.stream()
                .sorted(Comparator.comparingInt(PortRange::first))
                .toList()) {
            if (!merged.isEmpty() && range.first() <= merged.getLast().last() + 1) {
                PortRange before = merged.removeLast();
                merged.add(new PortRange(before.first(), Math.max(before.last(), range.last())));
            } else {
                merged.add(range);
            }
        }
        return merged;
    }
}
