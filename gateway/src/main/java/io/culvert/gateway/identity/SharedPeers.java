package io.culvert.gateway.identity;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The peers of this site as its gateways tell each other of them: each record is signed with the site's CA key.
 *
 * <pre>
 *   0        1       2
 *   | u8 = 1 | u8 n  | signature, n bytes | the record as {@link PeerFile} writes it |
 * </pre>
 *
 * So who can write where the bytes are kept, and has not the CA's key, can plant no peer and change none; the most that is
 * left is to keep a record back or to show an old one, which is ignored by everyone who knows a newer. Telling is safe in
 * any order and as often as wanted: records merge as {@link PeerRecord} says. Any thread may use it.
 */
public final class SharedPeers {
    static final int MAX_BYTES = 2 + JoinProofs.MAX_SIGNATURE_BYTES + PeerFile.MAX_BYTES;
    private static final int VERSION = 1;

    private final SiteAuthority authority;
    private final PeerRegistry registry;

    SharedPeers(SiteAuthority authority, PeerRegistry registry) {
        this.authority = authority;
        this.registry = registry;
    }

    /** The signed record of each peer by its name, the revoked ones too. The signatures differ from call to call. */
    public Map<String, byte[]> export() throws IOException {
        Map<String, byte[]> all = new LinkedHashMap<>();
        for (PeerRecord record : registry.records()) {
            all.put(record.peer().name(), signed(record));
        }
        return all;
    }

    /** The signed record of one peer; empty if there is none. */
    public Optional<byte[]> export(String name) throws IOException {
        Optional<PeerRecord> record = registry.record(name);
        return record.isPresent() ? Optional.of(signed(record.get())) : Optional.empty();
    }

    /**
     * Takes over what another gateway of this site exported, if it is newer than what is known here. It is durable, and the
     * registry's listeners have heard, when this returns.
     *
     * @return whether anything changed
     * @throws ForgedRecordException if it is damaged, or this site's CA did not sign it
     * @throws IOException if it cannot be kept; nothing was changed
     */
    public boolean adopt(byte[] signed) throws IOException {
        return registry.adopt(verified(signed));
    }

    /**
     * Takes over what others exported, each as {@link #adopt} does, and tells what they lack.
     *
     * @param there what is kept where the gateways tell each other, by the peers' names; what is forged or damaged there is replaced
     * @param forged is told why a record was not believed
     * @return what is to be kept there from now on, of those that this gateway knows better
     */
    public Map<String, byte[]> exchange(Map<String, byte[]> there, Consumer<String> forged) throws IOException {
        Map<String, PeerRecord> theirs = new HashMap<>();
        for (Map.Entry<String, byte[]> one : there.entrySet()) {
            try {
                PeerRecord record = verified(one.getValue());
                if (!record.peer().name().equals(one.getKey())) {
                    throw new ForgedRecordException(
                            "it is that of " + record.peer().name());
                }
                theirs.put(one.getKey(), record);
                registry.adopt(record);
            } catch (ForgedRecordException e) {
                forged.accept("the shared record of peer " + one.getKey() + " is not believed: " + e.getMessage());
            }
        }
        Map<String, byte[]> lacking = new LinkedHashMap<>();
        for (PeerRecord record : registry.records()) {
            if (!record.equals(theirs.get(record.peer().name()))) {
                lacking.put(record.peer().name(), signed(record));
            }
        }
        return lacking;
    }

    private byte[] signed(PeerRecord record) throws IOException {
        byte[] content = PeerFile.encode(record);
        byte[] signature = authority.sign(message(content));
        return ByteBuffer.allocate(2 + signature.length + content.length)
                .put((byte) VERSION)
                .put((byte) signature.length)
                .put(signature)
                .put(content)
                .array();
    }

    private PeerRecord verified(byte[] signed) throws ForgedRecordException {
        if (signed.length < 2 || signed.length > MAX_BYTES || signed[0] != VERSION) {
            throw new ForgedRecordException("it is not of version " + VERSION + " and at most " + MAX_BYTES + " bytes");
        }
        int length = Byte.toUnsignedInt(signed[1]);
        if (length > JoinProofs.MAX_SIGNATURE_BYTES || 2 + length > signed.length) {
            throw new ForgedRecordException("its signature is cut off");
        }
        ByteBuffer in = ByteBuffer.wrap(signed, 2, signed.length - 2);
        byte[] signature = new byte[length];
        in.get(signature);
        byte[] content = new byte[in.remaining()];
        in.get(content);
        if (!Ec.verify(authority.certificate().getPublicKey(), message(content), signature)) {
            throw new ForgedRecordException("the CA of " + authority.site() + " did not sign it");
        }
        try {
            PeerRecord record = PeerFile.decode(content);
            if (record.peer().name().equals(authority.site())) {
                throw new ForgedRecordException("it names this site itself");
            }
            return record;
        } catch (ForgedRecordException e) {
            throw e;
        } catch (IOException e) {
            throw new ForgedRecordException(String.valueOf(e.getMessage()));
        }
    }

    private static byte[] message(byte[] content) {
        return new Transcript("culvert.v1 peer record").add(content).digest();
    }
}
