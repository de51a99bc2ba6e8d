package io.culvert.gateway.relay.portmap;

import io.culvert.dedupe.chunk.Slice;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What a portmapper answers to DUMP (RFC 1833), from a server that need not be well-behaved. */
sealed interface DumpAnswer {

    /** More are not believed. */
    int MAX_ENTRIES = 1_024;

    /** The longest owner that is kept, in characters. */
    int MAX_OWNER_CHARS = 32;

    /** What is registered for TCP and UDP, in the portmapper's order, itself and what listens on its loopback only left out. */
    record Entries(List<Binding> bindings) implements DumpAnswer {
        public Entries {
            bindings = List.copyOf(bindings);
        }
    }

    /** It does not do this version, or does not want to; another one may be better. */
    record Rejected(String why) implements DumpAnswer {}

    int DUMP = 4;
    int MAX_STRING_BYTES = 1024;

    /** The call of version 2, 3 or 4, without a credential. */
    static byte[] call(long xid, long version) {
        return new XdrOutput()
                .uint(xid)
                .uint(0)
                .uint(2)
                .uint(Bindings.PORTMAPPER)
                .uint(version)
                .uint(DUMP)
                .uint(0)
                .uint(0)
                .uint(0)
                .uint(0)
                .toBytes();
    }

    /**
     * Reads the reply.
     *
     * @param ipv6 whether the server was reached by IPv6: what is registered for the other family cannot be reached there
     * @throws MalformedXdrException if it is none
     */
    static DumpAnswer read(Slice reply, long xid, long version, boolean ipv6) throws MalformedXdrException {
        XdrInput in = new XdrInput(reply);
        if (in.uint() != xid || in.uint() != 1) {
            throw new MalformedXdrException("is no reply to the call");
        }
        if (in.uint() != 0) {
            return new Rejected("it denies version " + version);
        }
        in.uint(); // the flavor of the verifier
        in.opaque(RpcCall.MAX_AUTH_BYTES);
        long status = in.uint();
        if (status != 0) {
            return new Rejected("it answers version " + version + " with status " + status);
        }
        List<Binding> bindings = new ArrayList<>();
        for (int entries = 0; in.uint() != 0; entries++) {
            if (entries == MAX_ENTRIES) {
                throw new MalformedXdrException("has more than " + MAX_ENTRIES + " entries");
            }
            (version == 2 ? mapping(in) : rpcb(in, ipv6))
                    .filter(binding -> binding.program() != Bindings.PORTMAPPER && !bindings.contains(binding))
                    .ifPresent(bindings::add);
        }
        return new Entries(bindings);
    }

    /** {@code struct pmap}. */
    private static Optional<Binding> mapping(XdrInput in) throws MalformedXdrException {
        long program = in.uint();
        long version = in.uint();
        Optional<NetId> by = NetId.ofProtocol(in.uint());
        long port = in.uint();
        return by.filter(netId -> port >= 1 && port <= UniversalAddress.MAX_PORT)
                .map(netId -> new Binding(program, version, netId, (int) port, "unknown"));
    }

    /** {@code struct rpcb}. */
    private static Optional<Binding> rpcb(XdrInput in, boolean ipv6) throws MalformedXdrException {
        long program = in.uint();
        long version = in.uint();
        String netId = in.string(MAX_STRING_BYTES).toLowerCase(Locale.ROOT);
        String address = in.string(MAX_STRING_BYTES);
        String owner = in.string(MAX_STRING_BYTES);
        Optional<NetId> by = switch (netId) {
            case "tcp" -> ipv6 ? Optional.empty() : Optional.of(NetId.TCP);
            case "udp" -> ipv6 ? Optional.empty() : Optional.of(NetId.UDP);
            case "tcp6" -> ipv6 ? Optional.of(NetId.TCP) : Optional.empty();
            case "udp6" -> ipv6 ? Optional.of(NetId.UDP) : Optional.empty();
            default -> Optional.empty();
        };
        int port = UniversalAddress.port(address).orElse(0);
        return by.filter(known -> port >= 1 && !address.startsWith("127.") && !address.startsWith("::1."))
                .map(known -> new Binding(
                        program, version, known, port, owner.substring(0, Math.min(owner.length(), MAX_OWNER_CHARS))));
    }
}
