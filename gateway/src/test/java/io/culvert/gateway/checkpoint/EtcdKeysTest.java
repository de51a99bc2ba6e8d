package io.culvert.gateway.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class EtcdKeysTest {

    /** A kind that no migration knows would stay behind. */
    @Test
    void everyKeyIsOfAKindThatAMigrationKnows() throws Exception {
        EtcdKeys keys = new EtcdKeys("/culvert");
        List<String> kinds = new ArrayList<>(EtcdKeys.KEPT);
        kinds.addAll(EtcdKeys.FLEETING);
        int seen = 0;
        for (Method method : EtcdKeys.class.getDeclaredMethods()) {
            String name = method.getName();
            boolean ofNoKind =
                    List.of("kind", "kindEnd", "named", "all", "allEnd", "site").contains(name);
            if (method.getReturnType() != ByteString.class || ofNoKind) {
                continue;
            }
            Object[] arguments = method.getParameterCount() == 0
                    ? new Object[0]
                    : new Object[] {method.getParameterTypes()[0] == int.class ? 7 : "x/"};
            String key = ((ByteString) method.invoke(keys, arguments)).toStringUtf8();
            assertThat(kinds)
                    .as(name + " is " + key)
                    .anyMatch(kind -> key.startsWith("/culvert/" + kind + "/") || key.equals("/culvert/" + kind + "0"));
            seen++;
        }
        assertThat(seen).isGreaterThan(10);
    }
}
