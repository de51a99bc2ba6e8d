package io.culvert.dedupe.tree;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.dedupe.chunk.Slice;
import io.culvert.dedupe.manifest.Entry.Timestamp;
import io.culvert.dedupe.manifest.Entry.Xattr;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class PaxRecordsTest {

    private static String text(PaxRecords records) {
        return new String(records.toBytes(), StandardCharsets.ISO_8859_1);
    }

    @Test
    void aRecordCountsItsOwnLength() {
        for (int length = 1; length < 1_100; length++) {
            PaxRecords records = new PaxRecords();
            records.addName("path", "p".repeat(length).getBytes(StandardCharsets.UTF_8));
            String text = text(records);
            assertThat(Integer.parseInt(text.substring(0, text.indexOf(' ')))).isEqualTo(text.length());
        }
    }

    @Test
    void timesAreDecimalAlsoBefore1970() {
        PaxRecords records = new PaxRecords();
        records.addTime("mtime", new Timestamp(1_700_000_000, 5));
        records.addTime("mtime", new Timestamp(-2, 500_000_000));
        records.addTime("mtime", new Timestamp(7, 0));
        assertThat(text(records)).isEqualTo("30 mtime=1700000000.000000005\n22 mtime=-1.500000000\n");
    }

    @Test
    void aNameThatIsNoUtf8IsMarkedAsBinary() {
        PaxRecords records = new PaxRecords();
        records.addName("path", new byte[] {(byte) 0xff});
        assertThat(text(records)).isEqualTo("21 hdrcharset=BINARY\n9 path=\u00ff\n");
    }

    @Test
    void anXattrsNameIsEscapedAsGnuTarDoes() {
        PaxRecords records = new PaxRecords();
        records.addXattr(new Xattr("user.a=b%", Slice.of(new byte[] {0, '\n'})));
        assertThat(text(records)).isEqualTo("33 SCHILY.xattr.user.a%3Db%25=\0\n\n");
    }
}
