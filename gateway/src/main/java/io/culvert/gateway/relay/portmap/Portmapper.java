package io.culvert.gateway.relay.portmap;

import io.culvert.dedupe.chunk.Slice;
import java.net.InetAddress;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Answers calls to the portmapper of one virtual address as rpcbind 1.2.6 does (RFC 1833), with three differences: nothing can
 * be registered from outside, no call is forwarded, and over UDP, whose sources may be forged, whoever is not trusted gets no
 * answer that is much longer than its question. Thread-safe.
 */
final class Portmapper {

    private static final long LOWEST = 2;
    private static final long HIGHEST = 4;
    private static final int MAX_STRING_BYTES = 1024;
    private static final int MAX_SOCKADDR_BYTES = 128;

    /** Procedures by their numbers, which mean nearly the same in all versions. */
    private static final int NULL = 0;

    private static final int SET = 1;
    private static final int UNSET = 2;
    private static final int LOOKUP = 3;
    private static final int DUMP = 4;
    private static final int FORWARD = 5;
    private static final int GETTIME = 6;
    private static final int UADDR2TADDR = 7;
    private static final int TADDR2UADDR = 8;
    private static final int GETVERSADDR = 9;
    private static final int INDIRECT = 10;
    private static final int GETADDRLIST = 11;
    private static final int GETSTAT = 12;

    private final InetAddress address;
    private final Family family;
    private final Supplier<Bindings> bindings;
    private final InstantSource clock;
    private final Statistics statistics = new Statistics();

    /** @param bindings what is bound now, asked for each call */
    Portmapper(InetAddress address, Supplier<Bindings> bindings, InstantSource clock) {
        this.address = address;
        this.family = Family.of(address);
        this.bindings = bindings;
        this.clock = clock;
    }

    /**
     * The reply to a call, nothing if there is none.
     *
     * @param via the transport that brought it
     * @param trusted whether the source is listed
     * @throws MalformedXdrException if it is no call that is answered at all: a connection is then closed
     */
    Optional<byte[]> answer(Slice bytes, NetId via, boolean trusted) throws MalformedXdrException {
        RpcCall call = RpcCall.read(bytes);
        switch (call.credential()) {
            case BROKEN -> {
                return Optional.of(RpcReply.denied(call, RpcReply.BAD_CREDENTIAL));
            }
            case UNKNOWN -> {
                return Optional.of(RpcReply.denied(call, RpcReply.REJECTED_CREDENTIAL));
            }
            case READABLE -> {}
        }
        if (call.program() != Bindings.PORTMAPPER) {
            return Optional.of(RpcReply.programUnavailable(call));
        }
        if (call.version() < LOWEST || call.version() > HIGHEST) {
            return Optional.of(RpcReply.versionMismatch(call, LOWEST, HIGHEST));
        }
        if (!knows(call)) {
            return Optional.of(RpcReply.procedureUnavailable(call));
        }
        try {
            return perform(call, via, trusted || via == NetId.TCP);
        } catch (MalformedXdrException arguments) {
            return Optional.of(RpcReply.garbageArguments(call));
        }
    }

    private static boolean knows(RpcCall call) {
        long last = call.version() == 2 ? FORWARD : call.version() == 3 ? TADDR2UADDR : GETSTAT;
        return call.procedure() <= last;
    }

    private Optional<byte[]> perform(RpcCall call, NetId via, boolean wordy) throws MalformedXdrException {
        XdrInput in = new XdrInput(call.arguments());
        XdrOutput out = RpcReply.accepted(call);
        boolean pmap = call.version() == 2;
        int procedure = (int) call.procedure();
        if (!wordy && (procedure == DUMP || procedure == GETSTAT || procedure == GETADDRLIST)) {
            return Optional.empty();
        }
        statistics.called(call.version(), procedure);
        switch (procedure) {
            case NULL -> {}
            case SET, UNSET -> {
                readMapping(in, pmap);
                return Optional.of(RpcReply.denied(call, RpcReply.TOO_WEAK));
            }
            case LOOKUP, GETVERSADDR -> lookUp(call, in, out, via);
            case DUMP -> dump(out, pmap);
            case FORWARD, INDIRECT -> {
                return forward(call, in, via);
            }
            case GETTIME -> out.uint(clock.instant().getEpochSecond());
            case UADDR2TADDR -> {
                byte[] found = UniversalAddress.toSockaddr(family, in.string(MAX_STRING_BYTES))
                        .orElse(new byte[0]);
                out.uint(found.length).opaque(found);
            }
            case TADDR2UADDR -> {
                in.uint(); // how long it might be
                out.string(UniversalAddress.ofSockaddr(family, in.opaque(MAX_SOCKADDR_BYTES)));
            }
            case GETADDRLIST -> {
                Mapping asked = readMapping(in, false);
                addresses(bindings.get().exactly(asked.program(), asked.version()), out);
            }
            case GETSTAT -> statistics.write(out, family);
            default -> throw new IllegalStateException("procedure " + procedure + " is known and has no answer");
        }
        return Optional.of(out.toBytes());
    }

    /** What a mapping says that is looked at here. */
    private record Mapping(long program, long version, long protocol) {}

    /** {@code struct pmap} or {@code struct rpcb}. */
    private static Mapping readMapping(XdrInput in, boolean pmap) throws MalformedXdrException {
        long program = in.uint();
        long version = in.uint();
        if (pmap) {
            long protocol = in.uint();
            in.uint(); // the port
            return new Mapping(program, version, protocol);
        }
        in.string(MAX_STRING_BYTES); // netid: the one that brought the call counts
        in.string(MAX_STRING_BYTES); // address
        in.string(MAX_STRING_BYTES); // owner
        return new Mapping(program, version, 0);
    }

    private void lookUp(RpcCall call, XdrInput in, XdrOutput out, NetId via) throws MalformedXdrException {
        boolean pmap = call.version() == 2;
        Mapping asked = readMapping(in, pmap);
        Optional<NetId> by = pmap ? NetId.ofProtocol(asked.protocol()) : Optional.of(via);
        Optional<Binding> found = by.flatMap(netId -> call.procedure() == GETVERSADDR
                ? bindings.get().exactly(asked.program(), asked.version()).stream()
                        .filter(binding -> binding.netId() == netId)
                        .findFirst()
                : bindings.get().find(asked.program(), asked.version(), netId));
        by.ifPresent(netId ->
                statistics.lookedUp(call.version(), asked.program(), asked.version(), netId, found.isPresent()));
        if (pmap) {
            out.uint(found.map(Binding::port).orElse(0));
        } else {
            out.string(found.map(this::universal).orElse(""));
        }
    }

    private String universal(Binding binding) {
        return UniversalAddress.of(address, binding.port());
    }

    private void dump(XdrOutput out, boolean pmap) {
        for (Binding binding : bindings.get().all()) {
            out.flag(true).uint(binding.program()).uint(binding.version());
            if (pmap) {
                out.uint(binding.netId().protocol()).uint(binding.port());
            } else {
                out.string(family.netId(binding.netId()))
                        .string(universal(binding))
                        .string(binding.owner());
            }
        }
        out.flag(false);
    }

    /** Nothing is forwarded; INDIRECT over UDP is told so, all else waits in vain, as with rpcbind. */
    private Optional<byte[]> forward(RpcCall call, XdrInput in, NetId via) throws MalformedXdrException {
        long program = in.uint();
        long version = in.uint();
        long procedure = in.uint();
        boolean indirect = call.procedure() == INDIRECT;
        statistics.notForwarded(call.version(), program, version, procedure, indirect, via);
        if (!indirect || via == NetId.TCP) {
            return Optional.empty();
        }
        return Optional.of(
                bindings.get().find(program, version, NetId.UDP).isPresent()
                        ? RpcReply.systemError(call)
                        : RpcReply.programUnavailable(call));
    }

    /** {@code rpcb_entry_list}. */
    private void addresses(List<Binding> found, XdrOutput out) {
        for (Binding binding : found) {
            String name = binding.netId().text();
            out.flag(true)
                    .string(universal(binding))
                    .string(family.netId(binding.netId()))
                    .uint(binding.netId().semantics())
                    .string(family.text())
                    .string(name);
        }
        out.flag(false);
    }
}
