package io.culvert.gateway.admin;

/** How many entries differ between two snapshots. @param newBytes length of the entries added or with new content */
public record DiffSummary(
        String from, String to, long added, long removed, long content, long metadata, long newBytes) {}
