package io.culvert.dedupe.pool;

/** Is told how far a verification has come, a few times per second of work. */
@FunctionalInterface
public interface VerifyProgress {

    /**
     * @param doneBytes stored bytes read so far
     * @param totalBytes stored bytes to read, or -1 if that is not known
     * @param damages how many damages were found so far
     */
    void at(long doneBytes, long totalBytes, long damages);
}
