package io.culvert.dedupe.pool;

import io.culvert.dedupe.chunk.Fingerprint;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.PriorityQueue;

/** Merges runs into one: of equal fingerprints the newest stays, what is quarantined goes. One page per run in memory. */
final class RunMerger {

    private RunMerger() {}

    /** @param droppedRawBytes the lengths of the chunks whose entries were not carried over */
    record Result(long entries, long droppedRawBytes) {}

    /** @param runs oldest first */
    static Result merge(List<Run> runs, RunWriter writer, Quarantine quarantine) throws IOException {
        PriorityQueue<Cursor> heads = new PriorityQueue<>();
        for (int age = 0; age < runs.size(); age++) {
            Cursor cursor = new Cursor(runs.get(age), age);
            if (cursor.next()) {
                heads.add(cursor);
            }
        }
        Fingerprint last = null;
        long dropped = 0;
        for (Cursor head = heads.poll(); head != null; head = heads.poll()) {
            IndexEntry entry = head.entry;
            boolean carried = !entry.fingerprint().equals(last) && !quarantine.contains(entry.place());
            if (carried) {
                writer.add(entry);
                last = entry.fingerprint();
            } else {
                dropped += entry.place().lengthBytes();
            }
            if (head.next()) {
                heads.add(head);
            }
        }
        return new Result(writer.finish(), dropped);
    }

    /** Walks a run; the order is that of the fingerprints, then newest first. */
    private static final class Cursor implements Comparable<Cursor> {

        private final Run run;
        private final int age;
        private final ByteBuffer page = ByteBuffer.allocateDirect(RunHeader.PAGE_BYTES);
        private int pageNumber = -1;
        private int inPage;
        private int pageEntries;
        private IndexEntry entry;

        Cursor(Run run, int age) {
            this.run = run;
            this.age = age;
            this.entry = new IndexEntry(new Fingerprint(0, 0, 0, 0), new Place(0, 0, 0, 0));
        }

        boolean next() throws IOException {
            while (inPage == pageEntries) {
                pageNumber++;
                if (pageNumber == run.pages()) {
                    return false;
                }
                run.read(pageNumber, page);
                pageEntries = Run.entriesIn(page);
                inPage = 0;
            }
            entry = IndexEntry.decode(page, inPage * IndexEntry.BYTES);
            inPage++;
            return true;
        }

        @Override
        public int compareTo(Cursor other) {
            int order = entry.fingerprint().compareTo(other.entry.fingerprint());
            return order != 0 ? order : Integer.compare(other.age, age);
        }
    }
}
