package io.culvert.siteconfig.rules;

/** The language of the request form. */
public enum Language {
    /** English. */
    EN,
    /** Korean. */
    KO
}
