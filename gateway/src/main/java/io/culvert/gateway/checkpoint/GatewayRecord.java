package io.culvert.gateway.checkpoint;

import java.io.DataInputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * What a gateway shows of itself to the other gateways of its site.
 *
 * @param number its number at the site, from 1
 * @param host where it runs, for people
 * @param endpoint where peers reach it, host and port
 * @param able what it could own, because its disks and sources are there; at most {@link #MAX_ABLE} ids of things
 * @param started when this run of it began, by its own clock
 * @param seen when it showed itself last, by its own clock
 * @param ailments what of all that it owns is not as it should be; at most {@link #MAX_AILMENTS}
 */
public record GatewayRecord(
        int number,
        String host,
        String endpoint,
        Mode mode,
        List<String> able,
        Instant started,
        Instant seen,
        List<Ailment> ailments) {

    /** What it is about; the order is the wire's. */
    public enum Mode {
        SERVING,
        /** It takes nothing more, and gives away what others can have. */
        DRAINING,
        /** It is not to come back. */
        REMOVED,
        /** Its number is given away; it has not been started yet. */
        INVITED
    }

    /**
     * What is wrong with something that it owns.
     *
     * @param thing its id
     * @param answers whether it serves still
     * @param reason one sentence; what is longer than {@link #MAX_REASON_BYTES} is cut
     */
    public record Ailment(String thing, boolean answers, Instant since, String reason) {
        public Ailment {
            Names.require("thing", thing, MAX_TEXT_BYTES);
            reason = Names.cut(reason, MAX_REASON_BYTES);
        }
    }

    public static final int MAX_NUMBER = 999;
    public static final int MAX_ABLE = 200;
    public static final int MAX_AILMENTS = 50;
    static final int MAX_REASON_BYTES = 300;
    static final int MAX_TEXT_BYTES = 260;

    public GatewayRecord {
        able = List.copyOf(able);
        ailments = List.copyOf(ailments);
        if (number < 1 || number > MAX_NUMBER) {
            throw new IllegalArgumentException("number must be 1.." + MAX_NUMBER + ", was " + number);
        }
        if (able.size() > MAX_ABLE) {
            throw new IllegalArgumentException("able must be at most " + MAX_ABLE + ", were " + able.size());
        }
        if (ailments.size() > MAX_AILMENTS) {
            throw new IllegalArgumentException(
                    "ailments must be at most " + MAX_AILMENTS + ", were " + ailments.size());
        }
        Names.require("host", host, MAX_TEXT_BYTES);
        Names.require("endpoint", endpoint, MAX_TEXT_BYTES);
    }

    /**
     * The body of a {@link Sealed#GATEWAY}.
     *
     * <pre>
     *   2 number    text host    text endpoint    1 mode        2 count of able, each: text
     *   12 started  12 seen
     *   if there are ailments: 2 count of them, each: text thing  1 answers  12 since  text reason
     * </pre>
     */
    byte[] encode() {
        return Sealed.GATEWAY.seal(out -> {
            out.writeShort(number);
            out.writeUTF(host);
            out.writeUTF(endpoint);
            out.writeByte(mode.ordinal());
            out.writeShort(able.size());
            for (String one : able) {
                out.writeUTF(one);
            }
            Sealed.writeInstant(out, started);
            Sealed.writeInstant(out, seen);
            if (!ailments.isEmpty()) {
                out.writeShort(ailments.size());
            }
            for (Ailment one : ailments) {
                out.writeUTF(one.thing());
                out.writeBoolean(one.answers());
                Sealed.writeInstant(out, one.since());
                out.writeUTF(one.reason());
            }
        });
    }

    static GatewayRecord decode(String name, byte[] sealed) throws CorruptCheckpointException {
        return Sealed.GATEWAY.open(name, sealed, in -> {
            int number = in.readUnsignedShort();
            String host = in.readUTF();
            String endpoint = in.readUTF();
            Mode mode = mode(in.readUnsignedByte());
            String[] able = new String[Math.min(in.readUnsignedShort(), MAX_ABLE)];
            for (int i = 0; i < able.length; i++) {
                able[i] = in.readUTF();
            }
            Instant started = Sealed.readInstant(in);
            Instant seen = Sealed.readInstant(in);
            return new GatewayRecord(
                    number,
                    host,
                    endpoint,
                    mode,
                    List.of(able),
                    started,
                    seen,
                    in.available() > 0 ? ailments(in) : List.of());
        });
    }

    private static List<Ailment> ailments(DataInputStream in) throws IOException {
        List<Ailment> ailments = new ArrayList<>();
        for (int left = in.readUnsignedShort(); left > 0; left--) {
            ailments.add(new Ailment(in.readUTF(), in.readBoolean(), Sealed.readInstant(in), in.readUTF()));
        }
        return ailments;
    }

    private static Mode mode(int wire) {
        if (wire >= Mode.values().length) {
            throw new IllegalArgumentException("mode must be < " + Mode.values().length + ", was " + wire);
        }
        return Mode.values()[wire];
    }

    static GatewayRecord invited(int number, Instant now) {
        return new GatewayRecord(number, "-", "-", Mode.INVITED, List.of(), now, now, List.of());
    }

    /** The same, not to come back. */
    GatewayRecord removed() {
        return new GatewayRecord(number, host, endpoint, Mode.REMOVED, List.of(), started, seen, List.of());
    }
}
