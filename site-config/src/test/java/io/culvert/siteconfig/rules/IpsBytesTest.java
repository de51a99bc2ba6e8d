package io.culvert.siteconfig.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * The rules of an IPS before the bytes of calls: their options are evaluated here as Suricata's manual says (payload keywords: content with
 * offset, depth, distance and within; byte_jump), since there is no Suricata to do it.
 */
final class IpsBytesTest {
    private static final int PORTMAPPER = 100_000;
    private static final int GETPORT = 3;
    private static final int DUMP = 4;
    private static final int NFS = 100_003;
    private static final int MOUNT = 100_005;
    private static final int TCP = 4; // bytes of record mark
    private static final int UDP = 0;

    /** A call by RFC 5531 with a credential of so many bytes, and one argument. */
    private static byte[] call(int mark, int program, int procedure, int credentialBytes, int argument) {
        ByteBuffer call = ByteBuffer.allocate(mark + 40 + credentialBytes + 16);
        if (mark > 0) {
            call.putInt(0x80000000 | call.capacity() - mark);
        }
        call.putInt(0x5eed1234).putInt(0).putInt(2).putInt(program).putInt(2).putInt(procedure);
        call.putInt(credentialBytes == 0 ? 0 : 1).putInt(credentialBytes).put(new byte[credentialBytes]);
        call.putInt(0).putInt(0);
        call.putInt(argument).putInt(3).putInt(6).putInt(0);
        return call.array();
    }

    private static List<String> rules(RuleFormat format, String transport) throws Exception {
        return format.rules(Plans.plan(java.util.Set.of(Plans.BUSAN)), Language.EN)
                .lines()
                .filter(line -> line.startsWith("alert " + transport) && line.contains("content:"))
                .toList();
    }

    /** The messages of the rules that match. */
    private static List<String> alerts(String transport, byte[] payload) throws Exception {
        return rules(RuleFormat.SURICATA, transport).stream()
                .filter(rule -> matches(rule, payload))
                .map(rule -> rule.replaceAll(".*msg:\"Culvert, (.*) between.*", "$1"))
                .distinct()
                .toList();
    }

    private static boolean matches(String rule, byte[] payload) {
        Matcher option = Pattern.compile(
                        "content:\"\\|([0-9A-F ]+)\\|\"; ((?:(?:offset|depth|distance|within):\\d+; )+)|byte_jump:4,4,relative,align; ")
                .matcher(rule);
        int cursor = 0;
        while (option.find()) {
            if (option.group(1) == null) {
                if (cursor + 8 > payload.length) {
                    return false;
                }
                int length = ByteBuffer.wrap(payload).getInt(cursor + 4);
                cursor += 8 + (length + 3) / 4 * 4;
            } else {
                byte[] wanted = HexFormat.of().parseHex(option.group(1).replace(" ", ""));
                String modifiers = option.group(2);
                int start = modifiers.contains("offset")
                        ? number(modifiers, "offset")
                        : cursor + (modifiers.contains("distance") ? number(modifiers, "distance") : 0);
                int room = number(modifiers, modifiers.contains("depth") ? "depth" : "within");
                assertThat(room).as("it stands at one place").isEqualTo(wanted.length);
                if (start < 0
                        || start + wanted.length > payload.length
                        || !Arrays.equals(Arrays.copyOfRange(payload, start, start + wanted.length), wanted)) {
                    return false;
                }
                cursor = start + wanted.length;
            }
        }
        return true;
    }

    private static int number(String modifiers, String name) {
        Matcher number = Pattern.compile(name + ":(\\d+);").matcher(modifiers);
        assertThat(number.find()).as(modifiers).isTrue();
        return Integer.parseInt(number.group(1));
    }

    @Test
    void askingForNfsOrMountdIsSeenWithAnyCredential() throws Exception {
        for (int credential : new int[] {0, 20, 64, 400}) {
            for (String transport : List.of("tcp", "udp")) {
                int mark = transport.equals("tcp") ? TCP : UDP;
                assertThat(alerts(transport, call(mark, PORTMAPPER, GETPORT, credential, NFS)))
                        .containsExactly("GETPORT of RPC program 100003", "call to the portmapper");
                assertThat(alerts(transport, call(mark, PORTMAPPER, GETPORT, credential, MOUNT)))
                        .containsExactly("GETPORT of RPC program 100005", "call to the portmapper");
            }
        }
    }

    @Test
    void anyOtherCallToThePortmapperIsSeenAsOne() throws Exception {
        assertThat(alerts("tcp", call(TCP, PORTMAPPER, GETPORT, 0, 100_024))).containsExactly("call to the portmapper");
        assertThat(alerts("udp", call(UDP, PORTMAPPER, DUMP, 0, NFS))).containsExactly("call to the portmapper");
    }

    @Test
    void otherBytesAreNot() throws Exception {
        assertThat(alerts("tcp", call(TCP, NFS, GETPORT, 0, NFS))).isEmpty();
        assertThat(alerts("udp", call(TCP, PORTMAPPER, GETPORT, 0, NFS)))
                .as("a record mark in a datagram")
                .isEmpty();
        ByteArrayOutputStream reply = new ByteArrayOutputStream();
        reply.write(ByteBuffer.allocate(32)
                .putInt(0x8000001c)
                .putInt(0x5eed1234)
                .putInt(1)
                .array());
        assertThat(alerts("tcp", reply.toByteArray())).isEmpty();
        byte[] hello = HexFormat.of().parseHex("160301020001000001fc0303".repeat(6));
        assertThat(alerts("tcp", hello)).isEmpty();
        assertThat(alerts("tcp", new byte[0])).isEmpty();
    }

    @Test
    void snortHasTheSameRulesInItsOwnForm() throws Exception {
        for (String transport : List.of("tcp", "udp")) {
            List<String> snort = rules(RuleFormat.SNORT3, transport).stream()
                    .map(rule -> Pattern.compile("content:(\"[^\"]*\"),([^;]*);")
                            .matcher(rule)
                            .replaceAll(match -> "content:" + Matcher.quoteReplacement(match.group(1)) + "; "
                                    + match.group(2).replace(' ', ':').replace(",", "; ") + ";"))
                    .toList();
            assertThat(snort).isEqualTo(rules(RuleFormat.SURICATA, transport)).isNotEmpty();
        }
    }
}
