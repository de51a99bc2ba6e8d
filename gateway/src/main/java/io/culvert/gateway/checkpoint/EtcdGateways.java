package io.culvert.gateway.checkpoint;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.Compare;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RequestOp;
import io.etcd.jetcd.api.TxnRequest;
import io.etcd.jetcd.api.TxnResponse;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The gateways of a site in etcd: what each shows of itself stays, that it is live is bound to its lease. One transaction:
 *
 * <pre>
 *   if    nobody holds the number, or this process does
 *   then  put gateway, put live with the lease
 *   else  get live
 * </pre>
 *
 * An answer that was lost makes the transaction be sent again, which puts the same.
 */
final class EtcdGateways implements GatewayRegister {
    private static final Logger LOG = LoggerFactory.getLogger(EtcdGateways.class);

    private static final int MAX_NOTE_BYTES = 60_000;

    private final EtcdKv kv;
    private final EtcdKeys keys;
    private final String process;
    private final Leases leases;
    private final UnaryOperator<StoreUnavailableException> failed;

    /** Where the lease comes from. */
    interface Leases {
        EtcdSession.Lease await() throws StoreUnavailableException;
    }

    /**
     * @param process which run of the gateway this is
     * @param failed is told of each failure
     */
    EtcdGateways(
            EtcdKv kv, EtcdKeys keys, String process, Leases leases, UnaryOperator<StoreUnavailableException> failed) {
        this.kv = kv;
        this.keys = keys;
        this.process = process;
        this.leases = leases;
        this.failed = failed;
    }

    @Override
    public void show(GatewayRecord record) throws IOException {
        try {
            show(record, leases.await());
        } catch (StoreUnavailableException e) {
            throw failed.apply(e);
        }
    }

    private void show(GatewayRecord record, EtcdSession.Lease lease)
            throws StoreUnavailableException, NameTakenException {
        ByteString live = keys.live(record.number());
        ByteString mine = ByteString.copyFromUtf8(process);
        if (!put(record, lease, held(live, mine))) {
            long before = refuseIfRemoved(record.number());
            TxnResponse first = kv.txn(put(record, lease)
                    .addCompare(EtcdKv.createdAt(live, 0))
                    .addCompare(EtcdKv.modifiedAt(keys.gateway(record.number()), before))
                    .addFailure(EtcdKv.get(live, false))
                    .build());
            Optional<KeyValue> present = first.getSucceeded() ? Optional.empty() : EtcdKv.found(first, 0);
            if (present.isPresent() && !present.get().getValue().equals(mine)) {
                throw new NameTakenException("another process is gateway " + record.number()
                        + " of this site: a former run of it whose lease ends within seconds, or a copy of its state"
                        + " directory, which must not run");
            }
        }
    }

    /** Returns the revision of what was shown under this number before, 0 if nothing was. */
    private long refuseIfRemoved(int number) throws StoreUnavailableException, NameTakenException {
        Optional<KeyValue> before = kv.get(keys.gateway(number));
        try {
            if (before.isPresent()
                    && GatewayRecord.decode(
                                            "gateway " + number,
                                            before.get().getValue().toByteArray())
                                    .mode()
                            == GatewayRecord.Mode.REMOVED) {
                throw new NameTakenException("gateway " + number
                        + " was removed from this site, and must not come back under this number; make it anew: culvert"
                        + " gateway add, at another gateway of the site");
            }
        } catch (CorruptCheckpointException e) {
            LOG.warn("{}; it is replaced", e.sentence());
        }
        return before.map(KeyValue::getModRevision).orElse(0L);
    }

    private boolean put(GatewayRecord record, EtcdSession.Lease lease, Compare guard) throws StoreUnavailableException {
        return kv.txn(put(record, lease).addCompare(guard).build()).getSucceeded();
    }

    private TxnRequest.Builder put(GatewayRecord record, EtcdSession.Lease lease) {
        return TxnRequest.newBuilder()
                .addSuccess(EtcdKv.put(keys.gateway(record.number()), record.encode(), 0))
                .addSuccess(EtcdKv.put(
                        keys.live(record.number()),
                        ByteString.copyFromUtf8(process).toByteArray(),
                        lease.id()));
    }

    private static Compare held(ByteString live, ByteString by) {
        return Compare.newBuilder()
                .setKey(live)
                .setTarget(Compare.CompareTarget.VALUE)
                .setResult(Compare.CompareResult.EQUAL)
                .setValue(by)
                .build();
    }

    @Override
    public boolean invite(int number, Instant now) throws IOException {
        GatewayRecord record = GatewayRecord.invited(number, now);
        ByteString key = keys.gateway(number);
        try {
            TxnResponse answer = kv.txn(TxnRequest.newBuilder()
                    .addCompare(EtcdKv.createdAt(key, 0))
                    .addSuccess(EtcdKv.put(key, record.encode(), 0))
                    .addFailure(EtcdKv.get(key, false))
                    .build());
            return answer.getSucceeded()
                    || EtcdKv.found(answer, 0) // an answer that was lost, and the same sent again
                            .filter(present -> present.getValue().equals(ByteString.copyFrom(record.encode())))
                            .isPresent();
        } catch (StoreUnavailableException e) {
            throw failed.apply(e);
        }
    }

    @Override
    public Overview overview() throws IOException {
        try {
            return read();
        } catch (StoreUnavailableException e) {
            throw failed.apply(e);
        }
    }

    private Overview read() throws StoreUnavailableException {
        TxnResponse answer = kv.txn(TxnRequest.newBuilder()
                .addSuccess(range(keys.gateways(), keys.gatewaysEnd()))
                .addSuccess(range(keys.lives(), keys.livesEnd()))
                .addSuccess(range(keys.owner(THING), keys.thingsEnd()))
                .build());
        Set<String> live = new HashSet<>();
        found(answer, 1).forEach(one -> live.add(keys.nameIn(keys.lives(), one.getKey())));
        List<Shown> gateways = new ArrayList<>();
        for (KeyValue one : found(answer, 0)) {
            String number = keys.nameIn(keys.gateways(), one.getKey());
            try {
                GatewayRecord record =
                        GatewayRecord.decode("gateway " + number, one.getValue().toByteArray());
                if (Integer.toString(record.number()).equals(number)) {
                    gateways.add(new Shown(record, live.contains(number)));
                }
            } catch (CorruptCheckpointException e) {
                LOG.warn("{}; the gateway replaces it when it shows itself again", e.sentence());
            }
        }
        gateways.sort(Comparator.comparing(shown -> shown.record().number()));
        Map<String, Owner> owners = new HashMap<>();
        for (KeyValue one : found(answer, 2)) {
            String thing = keys.nameIn(keys.owner(""), one.getKey());
            owners.put(thing, EtcdClaims.ownerIn(thing, one).owner());
        }
        return new Overview(gateways, owners);
    }

    @Override
    public boolean remove(int number) throws IOException {
        try {
            Optional<KeyValue> found = kv.get(keys.gateway(number));
            if (found.isEmpty()) {
                return true;
            }
            GatewayRecord record = GatewayRecord.decode(
                    "gateway " + number, found.get().getValue().toByteArray());
            return kv.txn(TxnRequest.newBuilder()
                            .addCompare(EtcdKv.createdAt(keys.live(number), 0))
                            .addSuccess(EtcdKv.put(
                                    keys.gateway(number), record.removed().encode(), 0))
                            .build())
                    .getSucceeded();
        } catch (StoreUnavailableException e) {
            throw failed.apply(e);
        }
    }

    @Override
    public Map<String, byte[]> notes(String kind) throws IOException {
        Map<String, byte[]> notes = new HashMap<>();
        try {
            RangeRequest all = RangeRequest.newBuilder()
                    .setKey(keys.note(kind))
                    .setRangeEnd(keys.noteEnd(kind))
                    .build();
            for (KeyValue one : kv.range(all).getKvsList()) {
                notes.put(
                        keys.nameIn(keys.note(""), one.getKey()), one.getValue().toByteArray());
            }
            return notes;
        } catch (StoreUnavailableException e) {
            throw failed.apply(e);
        }
    }

    @Override
    public void note(String name, byte[] content) throws IOException {
        Names.require("note", name, Job.MAX_ID_BYTES);
        if (content.length > MAX_NOTE_BYTES) {
            throw new IllegalArgumentException(
                    "a note must be at most " + MAX_NOTE_BYTES + " bytes, was " + content.length);
        }
        try {
            kv.txn(TxnRequest.newBuilder()
                    .addSuccess(EtcdKv.put(keys.note(name), content, 0))
                    .build());
        } catch (StoreUnavailableException e) {
            throw failed.apply(e);
        }
    }

    private static RequestOp range(ByteString from, ByteString to) {
        return RequestOp.newBuilder()
                .setRequestRange(RangeRequest.newBuilder().setKey(from).setRangeEnd(to))
                .build();
    }

    private static List<KeyValue> found(TxnResponse answer, int index) {
        return answer.getResponses(index).getResponseRange().getKvsList();
    }
}
