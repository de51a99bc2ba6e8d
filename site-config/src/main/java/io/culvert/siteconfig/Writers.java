package io.culvert.siteconfig;

/** How many machines may write to a source at a time. */
public enum Writers {
    /** One, the default. */
    ONE,
    /** Several, as with a cluster file system or a shared volume. */
    MANY
}
