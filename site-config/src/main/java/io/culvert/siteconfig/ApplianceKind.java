package io.culvert.siteconfig;

import java.util.LinkedHashMap;
import java.util.Map;

/** A sort of appliance, which says the services that it has unless the file says otherwise. */
public enum ApplianceKind {
    /** Dell Data Domain: portmapper, NFS and DD Boost, mountd, replicator, management. */
    DATADOMAIN,
    /** Dell Avamar: data and management. */
    AVAMAR,
    /** A plain NFS server. */
    NFS,
    /** Anything else; it has the services that the file names. */
    CUSTOM;

    static final int PORTMAP = 100_000;
    private static final int NFS_PROGRAM = 100_003;
    private static final int MOUNT = 100_005;

    /** Returns its services by name, in the order of their ports. */
    public Map<String, ApplianceService> services() {
        return switch (this) {
            case DATADOMAIN -> dataDomain();
            case AVAMAR -> avamar();
            case NFS -> nfs();
            case CUSTOM -> Map.of();
        };
    }

    private static Map<String, ApplianceService> dataDomain() {
        Map<String, ApplianceService> services = new LinkedHashMap<>();
        services.put("echo", ApplianceService.tcp(port(7)));
        services.put("ssh", ApplianceService.tcp(port(22)));
        services.put("portmapper", ApplianceService.rpc(PORTMAP, Transport.BOTH, 111));
        services.put("nfs", ApplianceService.rpc(NFS_PROGRAM, Transport.TCP, 2049));
        services.put("replicator", ApplianceService.tcp(port(2051)));
        services.put("mountd", ApplianceService.rpc(MOUNT, Transport.TCP, 2052));
        services.put("management", ApplianceService.tcp(new PortRange(3008, 3009)));
        services.put("iperf", ApplianceService.tcp(new PortRange(5001, 5002)));
        return services;
    }

    private static Map<String, ApplianceService> avamar() {
        Map<String, ApplianceService> services = new LinkedHashMap<>();
        services.put("data", ApplianceService.tcp(port(27000), port(29000)));
        services.put(
                "management",
                ApplianceService.tcp(
                        port(7543),
                        new PortRange(7778, 7781),
                        port(8543),
                        port(9443),
                        new PortRange(28001, 28010),
                        new PortRange(28810, 28819),
                        new PortRange(30001, 30010)));
        return services;
    }

    private static Map<String, ApplianceService> nfs() {
        Map<String, ApplianceService> services = new LinkedHashMap<>();
        services.put("portmapper", ApplianceService.rpc(PORTMAP, Transport.BOTH, 111));
        services.put("nfs", ApplianceService.rpc(NFS_PROGRAM, Transport.TCP, 2049));
        services.put("mountd", ApplianceService.rpc(MOUNT, Transport.TCP, 20048));
        return services;
    }

    private static PortRange port(int port) {
        return new PortRange(port, port);
    }
}
