package io.culvert.siteconfig;

import java.nio.file.Path;

/**
 * One thing wrong with a site file, for a person to mend.
 *
 * @param file as the caller named it
 * @param position where the mending starts
 * @param sentence what was found, what is allowed, without the place
 */
public record Problem(Path file, Position position, String sentence) {
    /** Returns {@code file:line:column: sentence}, the form that editors and terminals can jump to. */
    @Override
    public String toString() {
        return file + ":" + position + ": " + sentence;
    }
}
