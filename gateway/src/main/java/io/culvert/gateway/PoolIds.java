package io.culvert.gateway;

import io.culvert.gateway.checkpoint.GatewayRegister;
import io.culvert.gateway.checkpoint.Owner;
import io.culvert.gateway.owner.Thing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which pool is meant by a name, for all gateways of a site: a directory of the same path on another host may be another pool, or an empty
 * one. The first owner of a pool says it, in etcd. Thread-safe.
 */
final class PoolIds {

    private static final String NOTE = "pool/";

    private final Optional<GatewayRegister> register;
    private final Map<String, UUID> known = new ConcurrentHashMap<>();

    /** @param register empty if this gateway can only be alone */
    PoolIds(Optional<GatewayRegister> register) {
        this.register = register;
    }

    /** Reads again what is known of all pools. */
    void refresh() throws IOException {
        if (register.isPresent()) {
            for (Map.Entry<String, byte[]> note : register.get().notes(NOTE).entrySet()) {
                known.put(note.getKey().substring(NOTE.length()), id(note.getKey(), note.getValue()));
            }
        }
    }

    private static UUID id(String note, byte[] content) throws IOException {
        try {
            return UUID.fromString(new String(content, StandardCharsets.US_ASCII));
        } catch (IllegalArgumentException e) {
            throw new IOException("the note " + note + " in etcd was changed by hand, and is no id of a pool", e);
        }
    }

    /** As it was read last. */
    Optional<UUID> of(String pool) {
        return Optional.ofNullable(known.get(pool));
    }

    /**
     * The pool is owned by this name alone: the site files of two gateways may call one pool differently for a while.
     *
     * @throws IOException if a gateway owns it by another name
     */
    void requireNotOpenOtherwise(String pool) throws IOException {
        UUID id = known.get(pool);
        if (id == null || register.isEmpty()) {
            return;
        }
        refresh();
        Map<String, Owner> owners = register.get().overview().owners();
        for (Map.Entry<String, UUID> other : known.entrySet()) {
            Owner owner = owners.get(Thing.pool(other.getKey()).id());
            if (owner != null
                    && !other.getKey().equals(pool)
                    && other.getValue().equals(id)) {
                throw new IOException("gateway " + owner.gateway() + " has it as pool " + other.getKey()
                        + ", and its site file calls it so; run there: culvert pool rename " + other.getKey() + " "
                        + pool);
            }
        }
    }

    /** This gateway owns the pool, and has it open. */
    void note(String pool, UUID id) throws IOException {
        if (!id.equals(known.get(pool)) && register.isPresent()) {
            register.get().note(NOTE + pool, id.toString().getBytes(StandardCharsets.US_ASCII));
            known.put(pool, id);
        }
    }
}
