package io.culvert.gateway.checkpoint;

import com.google.protobuf.ByteString;
import io.culvert.dedupe.pool.Fence;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RangeResponse;
import io.etcd.jetcd.api.TxnRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntConsumer;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A site's etcd as an end of a migration. What the own gateway left there, which does not run, is removed; whatever another one owns, or
 * shows of itself as long as it lives, refuses the migration. The mark is in the site record, which each claim reads: who comes later
 * can own nothing any more.
 */
final class EtcdEnd implements StoreEnd {
    private static final int KEYS_OF_A_PAGE = 1000;
    private static final int NAMED = 5;
    private static final Pattern GATEWAY = Pattern.compile("gateway/([1-9][0-9]{0,2})");

    private final StorePlace.InEtcd place;
    private final EtcdSettings settings;
    private final EtcdMembers members;
    private final EtcdKv kv;
    private final EtcdKeys keys;
    private final EtcdCopy copy;

    /** Where the site record was written last, as far as this end knows; what it does is guarded by that. */
    private long siteRevision;

    private Fence marked = new Fence(0, 0);

    /** @throws IOException if its files of TLS cannot be used */
    EtcdEnd(StorePlace.InEtcd place) throws IOException {
        this.place = place;
        this.settings = place.settings();
        this.members = new EtcdMembers(settings, System::nanoTime, RandomGenerator.getDefault(), failure -> {});
        this.kv = new EtcdKv(members, EtcdMemory.Seen.NOTHING);
        this.keys = new EtcdKeys(settings.prefix());
        this.copy = new EtcdCopy(kv, keys);
    }

    @Override
    public Look look() throws IOException {
        Optional<EtcdSite.Stored> found = site();
        siteRevision = found.map(EtcdSite.Stored::modRevision).orElse(0L);
        long kept = 0;
        List<String> live = new ArrayList<>();
        Set<Integer> others = new TreeSet<>();
        List<String> strange = new ArrayList<>();
        for (String name : names()) {
            String kind = name.substring(0, Math.max(0, name.indexOf('/')));
            if (EtcdKeys.FLEETING.contains(kind)) {
                alive(name).ifPresent(live::add);
            } else if (EtcdKeys.KEPT.contains(kind)) {
                kept++;
                if (kind.equals("gateway")) {
                    other(name).ifPresent(others::add);
                }
            } else if (!name.equals("site")) {
                strange.add(settings.prefix() + "/" + name);
            }
        }
        return new Look(
                "etcd " + Long.toHexString(kv.clusterId()) + " " + settings.prefix(),
                place.shown(),
                place.isShared(),
                found.map(stored -> stored.site().site()),
                found.map(stored -> stored.site().epoch()).orElse(0L),
                found.flatMap(stored -> stored.site().marked()),
                kept,
                live.stream().distinct().limit(NAMED).toList(),
                others,
                strange);
    }

    private Optional<EtcdSite.Stored> site() throws IOException {
        return kv.get(keys.site(), value -> EtcdSite.decode(settings.prefix(), value));
    }

    /** Of all keys, behind the prefix. */
    private List<String> names() throws IOException {
        List<String> names = new ArrayList<>();
        ByteString from = keys.all();
        RangeResponse page;
        do {
            page = kv.range(RangeRequest.newBuilder()
                    .setKey(from)
                    .setRangeEnd(keys.allEnd())
                    .setKeysOnly(true)
                    .setLimit(KEYS_OF_A_PAGE)
                    .build());
            for (KeyValue one : page.getKvsList()) {
                names.add(keys.nameIn(keys.all(), one.getKey()));
                from = one.getKey().concat(ByteString.copyFrom(new byte[1]));
            }
        } while (page.getMore());
        return names;
    }

    /** Who is alive by this key; nobody if it is one that the own gateway left, or has ended meanwhile. */
    private Optional<String> alive(String name) throws IOException {
        Optional<KeyValue> found = kv.get(keys.named(name));
        if (found.isEmpty() || isLeftover(name, found.get())) {
            return Optional.empty();
        }
        return Optional.of("gateway " + gateway(name, found.get()));
    }

    private boolean isLeftover(String name, KeyValue found) {
        return gateway(name, found).equals(settings.gateway());
    }

    private String gateway(String name, KeyValue found) {
        String behind = name.substring(name.indexOf('/') + 1);
        return name.startsWith("live/")
                ? settings.site() + "/" + behind
                : EtcdClaims.ownerIn(behind, found).owner().gateway();
    }

    /** Another gateway of the site that may come back; also one whose record cannot be read. */
    private Optional<Integer> other(String name) throws IOException {
        Matcher key = GATEWAY.matcher(name);
        Optional<KeyValue> found = kv.get(keys.named(name));
        if (found.isEmpty() || !key.matches() || settings.gateway().equals(settings.site() + "/" + key.group(1))) {
            return Optional.empty();
        }
        return isRemoved(found.get()) ? Optional.empty() : Optional.of(Integer.parseInt(key.group(1)));
    }

    private static boolean isRemoved(KeyValue found) {
        try {
            byte[] sealed = found.getValue().toByteArray();
            return GatewayRecord.decode("a gateway", sealed).mode() == GatewayRecord.Mode.REMOVED;
        } catch (CorruptCheckpointException e) {
            return false; // it may be one that runs
        }
    }

    @Override
    public StoreContent read() throws IOException {
        return copy.read();
    }

    @Override
    public void leave(StoreMark mark) throws IOException {
        Optional<EtcdSite.Stored> found = site();
        if (found.isEmpty()) {
            throw changed();
        }
        for (String kind : EtcdKeys.FLEETING) {
            removeLeftovers(kind);
        }
        EtcdSite left = new EtcdSite(
                settings.site(), found.get().site().epoch(), found.get().site().clusterId(), mark);
        put(
                left,
                TxnRequest.newBuilder()
                        .addCompare(EtcdKv.noneIn(keys.kind("owner"), keys.kindEnd("owner")))
                        .addCompare(EtcdKv.noneIn(keys.kind("live"), keys.kindEnd("live"))));
    }

    private void removeLeftovers(String kind) throws IOException {
        RangeRequest all = RangeRequest.newBuilder()
                .setKey(keys.kind(kind))
                .setRangeEnd(keys.kindEnd(kind))
                .build();
        for (KeyValue one : kv.range(all).getKvsList()) {
            if (isLeftover(keys.nameIn(keys.all(), one.getKey()), one)) {
                kv.txn(TxnRequest.newBuilder()
                        .addCompare(EtcdKv.createdAt(one.getKey(), one.getCreateRevision()))
                        .addSuccess(EtcdKv.delete(one.getKey()))
                        .build());
            }
        }
    }

    @Override
    public void expect(StoreMark mark) throws IOException {
        put(new EtcdSite(settings.site(), mark.epoch(), 0, mark), TxnRequest.newBuilder());
        marked = new Fence(mark.epoch(), siteRevision);
    }

    @Override
    public void take(StoreContent content, IntConsumer progress) throws IOException {
        copy.replace(content, marked, progress);
    }

    /** And the own gateway shall not take this etcd for one that was set back; if it is not told, it begins one more epoch. */
    @Override
    public void open(long epoch) throws IOException {
        put(new EtcdSite(settings.site(), epoch, 0), TxnRequest.newBuilder());
        EtcdMemory.of(place.memory()).note(kv.clusterId(), new Fence(epoch, siteRevision));
    }

    /** Replaces the site record, if it is the one that was seen; an answer that was lost is found in what is there then. */
    private void put(EtcdSite next, TxnRequest.Builder guarded) throws IOException {
        ByteString key = keys.site();
        boolean done = kv.txn(guarded.addCompare(EtcdKv.modifiedAt(key, siteRevision))
                        .addSuccess(EtcdKv.put(key, next.encode(), 0))
                        .build())
                .getSucceeded();
        Optional<EtcdSite.Stored> there = site();
        if (there.isEmpty() || !there.get().site().equals(next)) {
            List<String> live = done ? List.of() : look().live();
            throw live.isEmpty() ? changed() : new RefusedMigrationException(MigrationPlan.live(place.shown(), live));
        }
        siteRevision = there.get().modRevision();
    }

    private RefusedMigrationException changed() {
        return new RefusedMigrationException(
                place.shown() + " was changed meanwhile, by a gateway or another run of culvert etcd"
                        + " migrate; see that none runs, and run this one again");
    }

    @Override
    public void close() {
        members.close();
    }
}
