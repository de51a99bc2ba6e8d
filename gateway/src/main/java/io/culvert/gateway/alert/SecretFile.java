package io.culvert.gateway.alert;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** The first line of a file that holds a secret; read each time it is needed, so that a new one needs no reload. */
final class SecretFile {
    private static final int MAX_CHARS = 8 << 10;

    private SecretFile() {}

    /** @throws IOException that names the file and never its content */
    static String read(Path file) throws IOException {
        char[] start = new char[MAX_CHARS];
        int length;
        try (BufferedReader in = Files.newBufferedReader(file)) {
            length = Math.max(0, in.read(start));
        } catch (NoSuchFileException e) {
            throw new IOException("there is no file " + file, e);
        } catch (AccessDeniedException e) {
            throw new IOException("user " + System.getProperty("user.name") + " may not read " + file, e);
        } catch (CharacterCodingException e) {
            throw new IOException(file + " holds other than text in UTF-8", e);
        } catch (IOException e) {
            throw new IOException(file + " cannot be read: " + e.getMessage(), e);
        }
        String first =
                new String(start, 0, length).lines().findFirst().orElse("").strip();
        if (first.isEmpty()) {
            throw new IOException("the first line of " + file + " is empty");
        }
        return first;
    }
}
