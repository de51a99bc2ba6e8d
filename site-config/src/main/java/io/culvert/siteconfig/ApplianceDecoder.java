package io.culvert.siteconfig;

import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Decodes {@code appliances}. */
final class ApplianceDecoder {
    private static final int MAX_RPC_PROGRAM = 0x3FFF_FFFF;
    private static final Map<String, ApplianceKind> KINDS = Words.of(ApplianceKind.values());
    private static final Map<String, Transport> TRANSPORTS = Words.of(Transport.values());
    private static final Map<String, ProgramSource> SOURCES = Words.of(ProgramSource.values());

    private final Problems problems;
    private final Scalars scalars;
    private final Crosscheck crosscheck;

    ApplianceDecoder(Problems problems, Scalars scalars, Crosscheck crosscheck) {
        this.problems = problems;
        this.scalars = scalars;
        this.crosscheck = crosscheck;
    }

    Optional<Map<String, Appliance>> appliances(YamlNode node) {
        return Fields.entries(node, "`appliances`", problems, scalars::name, (entry, name) -> appliance(entry, name));
    }

    private Optional<Appliance> appliance(YamlNode.Entry entry, String name) {
        boolean local = entry.value() instanceof YamlNode.Mapping mapping
                && mapping.entries().stream().anyMatch(e -> e.key().text().equals("target"));
        crosscheck.appliance(name, local);
        return Kinds.choose(entry.value(), "appliance `" + name + "`", "kind: datadomain", problems, scalars, KINDS)
                .flatMap(kind -> local ? local(entry.value(), name, kind) : remote(entry.value(), name, kind));
    }

    private Optional<Appliance> local(YamlNode node, String name, ApplianceKind kind) {
        return Fields.read(node, "appliance `" + name + "`", problems, f -> {
            Kinds.skip(f);
            var target = f.optional("target", this::target);
            f.refuse("does not go with `target`: an appliance is a peer's (`peer`, `address`) or of this site", "peer");
            f.refuse("does not go with `target`: write the appliance's own address there", "address");
            f.refuse("does not go with `target`: the peer's site file says who may connect there", "clients");
            var programs = f.optional("programs", scalars.word(SOURCES));
            var services = services(f, kind, programs.orElse(ProgramSource.LEARNED));
            return () ->
                    new Appliance.Local(kind, target.get(), services.get(), programs.orElse(ProgramSource.LEARNED));
        });
    }

    private Optional<Appliance> remote(YamlNode node, String name, ApplianceKind kind) {
        return Fields.read(node, "appliance `" + name + "`", problems, f -> {
            Kinds.skip(f);
            boolean bare = !f.has("peer") && !f.has("address");
            if (bare) {
                problems.add(
                        f.position(),
                        f.owner() + " needs `peer` and `address` (a peer's, reached from here) or `target`"
                                + " (one of this site, offered to peers)");
            }
            var peer = bare ? f.optional("peer", scalars::site) : f.required("peer", "peer: busan", scalars::site);
            peer.toOptional().ifPresent(p -> crosscheck.peer(p, f.valuePositionOf("peer")));
            var address = bare
                    ? f.optional("address", this::address)
                    : f.required("address", "address: 10.99.0.5", this::address);
            var programs = f.optional("programs", scalars.word(SOURCES));
            var clients = f.optional(
                    "clients", scalars.list(1, "clients: [10.77.1.0/24, 10.1.2.3]", scalars.parsed(Network::parse)));
            var services = services(f, kind, programs.orElse(ProgramSource.LEARNED));
            address.toOptional()
                    .ifPresent(a -> crosscheck.virtualAddress(
                            name, a, services.orElse(kind.services()), f.valuePositionOf("address")));
            return () -> new Appliance.Remote(
                    kind,
                    peer.get(),
                    address.get(),
                    services.get(),
                    programs.orElse(ProgramSource.LEARNED),
                    clients.orElse(List.of()));
        });
    }

    private Optional<String> target(YamlNode node) {
        return scalars.text(node)
                .flatMap(text -> Hosts.isHost(text)
                        ? Optional.of(text)
                        : scalars.wrong(
                                node,
                                "`target` is a host name or an IP address without a port (`services` has the ports); found "
                                        + YamlNode.Scalar.quote(text)));
    }

    private Optional<InetAddress> address(YamlNode node) {
        return scalars.text(node).flatMap(text -> {
            Optional<InetAddress> address = Hosts.address(text);
            if (address.isEmpty()) {
                return scalars.wrong(
                        node,
                        "a virtual address is an IP address, for example 10.99.0.5; found "
                                + YamlNode.Scalar.quote(text));
            }
            boolean usable =
                    !address.get().isAnyLocalAddress() && !address.get().isMulticastAddress();
            return usable
                    ? address
                    : scalars.wrong(node, YamlNode.Scalar.quote(text) + " is not the address of one host");
        });
    }

    /** Returns the services of the kind with those of the file laid over them. */
    private Value<Map<String, ApplianceService>> services(Fields f, ApplianceKind kind, ProgramSource programs) {
        Map<String, ApplianceService> merged = new LinkedHashMap<>(kind.services());
        boolean right = true;
        if (f.has("services")) {
            right = f.optional("services", node -> overrides(node, kind, programs, merged))
                    .isPresent();
        } else {
            f.optional("services", ignored -> Optional.empty());
        }
        if (right && merged.isEmpty()) {
            problems.add(
                    f.position(), f.owner() + " has no service; name one, for example `services: {web: {ports: 443}}`");
        }
        if (right) {
            refusePortsThatNobodyTells(f, merged);
        }
        return right ? Value.of(Optional.of(merged)) : Value.missing();
    }

    private void refusePortsThatNobodyTells(Fields f, Map<String, ApplianceService> merged) {
        boolean told = merged.values().stream()
                .anyMatch(service -> service.program().equals(OptionalInt.of(ApplianceKind.PORTMAP)));
        merged.forEach((name, service) -> {
            if (!told && service.ports().isEmpty()) {
                problems.add(
                        f.position(),
                        f.owner() + " has no portmapper from which the ports of service `" + name
                                + "` are learned; add `portmapper: {ports: 111, transport: both, program: 100000}`, or `ports`");
            }
        });
    }

    private Optional<Boolean> overrides(
            YamlNode node, ApplianceKind kind, ProgramSource programs, Map<String, ApplianceService> merged) {
        Map<String, Position> named = new LinkedHashMap<>();
        int before = problems.count();
        var all = Fields.entries(node, "`services`", problems, scalars::name, (entry, name) -> {
            if (entry.value() instanceof YamlNode.Scalar scalar && scalar.text().equals("none")) {
                return remove(entry, name, merged);
            }
            Optional<ApplianceService> base =
                    Optional.ofNullable(kind.services().get(name));
            Optional<ApplianceService> service = service(entry.value(), name, base, programs);
            service.ifPresent(s -> merged.put(name, s));
            named.put(name, entry.key().position());
            return service.map(ok -> true);
        });
        named.forEach((name, position) -> refuseSharedPorts(name, position, merged));
        return all.filter(ok -> problems.count() == before).map(ok -> true);
    }

    private Optional<Boolean> remove(YamlNode.Entry entry, String name, Map<String, ApplianceService> merged) {
        if (merged.remove(name) == null) {
            problems.add(
                    entry.key().position(),
                    "there is no service `" + name + "` to take away" + Suggestion.hint(name, merged.keySet()));
            return Optional.empty();
        }
        return Optional.of(true);
    }

    private void refuseSharedPorts(String name, Position position, Map<String, ApplianceService> merged) {
        ApplianceService mine = merged.get(name);
        if (mine == null) {
            return;
        }
        merged.forEach((other, theirs) -> {
            if (!other.equals(name) && mine.overlaps(theirs)) {
                problems.add(
                        position,
                        "services `%s` and `%s` share a port; change one, or write `%s: none`"
                                .formatted(name, other, other));
            }
        });
    }

    private Optional<ApplianceService> service(
            YamlNode node, String name, Optional<ApplianceService> base, ProgramSource programs) {
        return Fields.read(node, "service `" + name + "`", problems, f -> {
            Decoder<List<PortRange>> decoder = scalars.oneOrMore("ports: [443, \"28001-28010\"]", this::ports);
            boolean needed = base.isEmpty() && (programs == ProgramSource.FIXED || !f.has("program"));
            var ports = needed ? f.required("ports", "ports: 443", decoder) : f.optional("ports", decoder);
            var transport = f.optional("transport", scalars.word(TRANSPORTS));
            var program = f.optional("program", scalars.count(1, MAX_RPC_PROGRAM));
            return () -> new ApplianceService(
                    transport.orElse(base.map(ApplianceService::transport).orElse(Transport.TCP)),
                    ports.orElse(base.map(ApplianceService::ports).orElse(List.of())),
                    program.toOptional()
                            .map(OptionalInt::of)
                            .orElse(base.map(ApplianceService::program).orElse(OptionalInt.empty())));
        });
    }

    private Optional<PortRange> ports(YamlNode node) {
        return node instanceof YamlNode.Scalar scalar && scalar.type() == YamlNode.Scalar.Type.INTEGER
                ? scalars.count(1, PortRange.MAX_PORT).decode(node).map(port -> new PortRange(port, port))
                : scalars.parsed(PortRange::parse).decode(node);
    }
}
