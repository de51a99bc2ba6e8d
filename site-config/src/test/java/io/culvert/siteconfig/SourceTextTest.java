package io.culvert.siteconfig;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SourceTextTest {
    @TempDir
    private Path directory;

    @Test
    void saysHowToMakeAFileThatIsMissing() {
        assertThat(refusal(directory.resolve("site.yaml")))
                .isEqualTo(directory.resolve("site.yaml")
                        + ":1:1: there is no such file; `culvert init --site NAME --dir DIR` makes one,"
                        + " `--config FILE` names another");
    }

    @Test
    void pointsFromADirectoryToTheFileInIt() throws Exception {
        assertThat(refusal(directory))
                .isEqualTo(directory + ":1:1: this is a directory, not a site file; name the site file itself");

        Path inside = Files.writeString(directory.resolve("site.yaml"), "site: seoul\n");
        assertThat(refusal(directory))
                .isEqualTo(directory + ":1:1: this is a directory, not a site file; did you mean `" + inside + "`?");
    }

    @Test
    void refusesAnEmptyFile() throws Exception {
        assertThat(refusal(Files.createFile(directory.resolve("empty"))))
                .endsWith(":1:1: the file is empty; it needs at least `site: NAME`");
    }

    @Test
    void takesExactlyOneMebibyteAndNoMore() throws Exception {
        byte[] full = new byte[SourceText.MAX_BYTES];
        Arrays.fill(full, (byte) '\n');
        System.arraycopy("site: seoul".getBytes(StandardCharsets.UTF_8), 0, full, 0, 11);
        Path file = Files.write(directory.resolve("full"), full);

        assertThat(SiteConfigLoader.load(file).site()).isEqualTo(new SiteName("seoul"));

        Files.write(file, Arrays.copyOf(full, full.length + 1));
        assertThat(refusal(file)).endsWith(":1:1: the file is larger than 1 MiB, the most a site file may have");
    }

    @Test
    void namesTheFirstByteThatIsNotUtf8() throws Exception {
        ByteArrayOutputStream latin1 = new ByteArrayOutputStream();
        latin1.writeBytes("site: seoul\n# 서울 caf".getBytes(StandardCharsets.UTF_8));
        latin1.write(0xE9);
        latin1.write('\n');

        assertThat(refusal(Files.write(directory.resolve("latin1"), latin1.toByteArray())))
                .endsWith(":2:9: the byte 0xE9 is not UTF-8; save the file as UTF-8");
    }

    @Test
    void refusesATruncatedCharacterAtTheEnd() throws Exception {
        byte[] bytes = "site: seoul # 서".getBytes(StandardCharsets.UTF_8);

        assertThat(refusal(Files.write(directory.resolve("cut"), Arrays.copyOf(bytes, bytes.length - 1))))
                .endsWith(":1:15: the byte 0xEC is not UTF-8; save the file as UTF-8");
    }

    @Test
    void refusesUtf16() throws Exception {
        assertThat(refusal(Files.write(directory.resolve("utf16"), "site: seoul\n".getBytes(StandardCharsets.UTF_16))))
                .endsWith(":1:1: the byte 0xFE is not UTF-8; save the file as UTF-8");
    }

    @Test
    void namesEveryControlCharacter() throws Exception {
        assertThat(refusal(Files.writeString(directory.resolve("control"), "site: seo\u0000ul\nlisten: \u001B[1m\n")))
                .contains(":1:10: the control character U+0000 cannot stand in a site file")
                .contains(":2:9: the control character U+001B cannot stand in a site file");
    }

    @Test
    void passesOverAByteOrderMark() throws Exception {
        Path file = Files.writeString(directory.resolve("marked"), "\uFEFFsite: seoul\nquota: 1\n");

        assertThat(refusal(file)).contains(":2:1: `quota` is not a setting of the site file");
    }

    private static String refusal(Path file) {
        return catchThrowableOfType(ConfigException.class, () -> SiteConfigLoader.load(file))
                .getMessage();
    }
}
