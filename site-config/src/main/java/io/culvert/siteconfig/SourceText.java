package io.culvert.siteconfig;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/** The text of a site file: at most {@link #MAX_BYTES} of UTF-8 without control characters. */
final class SourceText {
    static final int MAX_BYTES = 1 << 20;

    private static final int BYTE_ORDER_MARK = 0xFEFF;

    private SourceText() {}

    static byte[] read(Path file, Problems problems) throws ConfigException {
        try {
            if (Files.isDirectory(file)) {
                Path inside = file.resolve("site.yaml");
                String hint = Files.exists(inside) ? "; did you mean `" + inside + "`?" : "; name the site file itself";
                return refuse(problems, "this is a directory, not a site file" + hint);
            }
            try (InputStream in = Files.newInputStream(file)) {
                return in.readNBytes(MAX_BYTES + 1);
            }
        } catch (NoSuchFileException e) {
            return refuse(
                    problems,
                    "there is no such file; `culvert init --site NAME --dir DIR` makes one, `--config FILE` names another");
        } catch (AccessDeniedException e) {
            return refuse(problems, "the file may not be read by this user; check its owner and mode");
        } catch (IOException e) {
            return refuse(problems, "the file cannot be read: " + e.getMessage());
        }
    }

    /** Returns the text without a byte order mark, or throws with every byte and character that cannot stand in it. */
    static String decode(byte[] bytes, Problems problems) throws ConfigException {
        if (bytes.length > MAX_BYTES) {
            problems.add(Position.START, "the file is larger than 1 MiB, the most a site file may have");
            throw problems.toException();
        }
        String text = utf8(bytes, problems);
        String body = text.startsWith(Character.toString(BYTE_ORDER_MARK)) ? text.substring(1) : text;
        Cursor cursor = new Cursor();
        body.codePoints().forEach(c -> {
            if (!StreamReader.isPrintable(c)) {
                String name = "U+%04X".formatted(c);
                problems.add(cursor.position(), "the control character " + name + " cannot stand in a site file");
            }
            cursor.pass(c);
        });
        problems.throwIfAny();
        return body;
    }

    private static String utf8(byte[] bytes, Problems problems) throws ConfigException {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        CharBuffer chars = CharBuffer.allocate(bytes.length);
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CoderResult result = decoder.decode(in, chars, true);
        chars.flip();
        if (result.isError()) {
            Cursor cursor = new Cursor();
            chars.toString().codePoints().forEach(cursor::pass);
            String found = "0x%02X".formatted(bytes[in.position()] & 0xFF);
            problems.add(cursor.position(), "the byte " + found + " is not UTF-8; save the file as UTF-8");
            throw problems.toException();
        }
        return chars.toString();
    }

    private static byte[] refuse(Problems problems, String sentence) throws ConfigException {
        problems.add(Position.START, sentence);
        throw problems.toException();
    }

    /** Counts lines and columns. */
    private static final class Cursor {
        private int line = 1;
        private int column = 1;

        void pass(int codePoint) {
            if (codePoint == '\n') {
                line++;
                column = 1;
            } else {
                column++;
            }
        }

        Position position() {
            return new Position(line, column);
        }
    }
}
