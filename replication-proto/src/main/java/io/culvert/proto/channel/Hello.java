package io.culvert.proto.channel;

import com.google.protobuf.InvalidProtocolBufferException;
import io.culvert.dedupe.chunk.Slice;
import io.culvert.proto.frame.ProtocolCode;
import io.culvert.proto.frame.ProtocolException;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * What either side says first: who it is, which versions it speaks and what it is ready to receive.
 *
 * @param instance a random number drawn at the start of the process, so that a restart is told from a second dial
 */
public record Hello(String site, int minVersion, int maxVersion, Set<String> features, Limits limits, long instance) {

    /** The version of the protocol that this code speaks. */
    public static final int VERSION = 1;

    public static final int MAX_HELLO_BYTES = 4 << 10;
    public static final int MAX_FEATURES = 32;

    private static final Pattern SITE = Pattern.compile("[a-z][a-z0-9-]{0,30}");
    private static final Pattern FEATURE = Pattern.compile("[a-z0-9.-]{1,64}");

    public Hello {
        features = Set.copyOf(features);
        if (!SITE.matcher(site).matches()) {
            throw new IllegalArgumentException("site must match " + SITE + ", was \"" + site + "\"");
        }
        if (minVersion < 1 || maxVersion < minVersion) {
            throw new IllegalArgumentException(
                    "versions must be 1 <= min <= max, were " + minVersion + ".." + maxVersion);
        }
        if (features.size() > MAX_FEATURES) {
            throw new IllegalArgumentException("features must be <= " + MAX_FEATURES + ", were " + features.size());
        }
        for (String feature : features) {
            if (!FEATURE.matcher(feature).matches()) {
                throw new IllegalArgumentException("feature must match " + FEATURE);
            }
        }
    }

    /** The hello of this version of the code. */
    public static Hello of(String site, long instance) {
        return new Hello(site, VERSION, VERSION, Set.of(), Limits.OURS, instance);
    }

    /**
     * The highest version that both speak.
     *
     * @throws ProtocolException {@link ProtocolCode#UNKNOWN_VERSION} when there is none
     */
    int commonVersion(Hello peer) throws ProtocolException {
        int version = Math.min(maxVersion, peer.maxVersion);
        if (version < Math.max(minVersion, peer.minVersion)) {
            throw new ProtocolException(
                    ProtocolCode.UNKNOWN_VERSION,
                    peer.site + " speaks versions " + peer.minVersion + " to " + peer.maxVersion + ", " + site
                            + " speaks " + minVersion + " to " + maxVersion);
        }
        return version;
    }

    Slice toPayload() {
        return Slice.of(io.culvert.proto.wire.Hello.newBuilder()
                .setSite(site)
                .setMinVersion(minVersion)
                .setMaxVersion(maxVersion)
                .addAllFeatures(new TreeSet<>(features))
                .setLimits(io.culvert.proto.wire.Limits.newBuilder()
                        .setChannels(limits.channels())
                        .setMessageBytes(limits.messageBytes())
                        .setInitialCreditBytes(limits.initialCreditBytes())
                        .setUrgentCreditBytes(limits.urgentCreditBytes()))
                .setInstance(instance)
                .build()
                .toByteArray());
    }

    static Hello fromPayload(Slice payload) throws ProtocolException {
        if (payload.length() > MAX_HELLO_BYTES) {
            throw new ProtocolException(
                    ProtocolCode.FRAME_TOO_LONG,
                    "a hello of " + payload.length() + " bytes, the bound is " + MAX_HELLO_BYTES);
        }
        try {
            var wire = io.culvert.proto.wire.Hello.parseFrom(
                    ByteBuffer.wrap(payload.array(), payload.offset(), payload.length()));
            var limits = wire.getLimits();
            return new Hello(
                    wire.getSite(),
                    wire.getMinVersion(),
                    wire.getMaxVersion(),
                    Set.copyOf(wire.getFeaturesList()),
                    new Limits(
                            limits.getChannels(),
                            limits.getMessageBytes(),
                            limits.getInitialCreditBytes(),
                            limits.getUrgentCreditBytes()),
                    wire.getInstance());
        } catch (InvalidProtocolBufferException e) {
            throw new ProtocolException(ProtocolCode.HELLO_INVALID, "not a hello");
        } catch (IllegalArgumentException e) {
            throw new ProtocolException(ProtocolCode.HELLO_INVALID, String.valueOf(e.getMessage()));
        }
    }
}
