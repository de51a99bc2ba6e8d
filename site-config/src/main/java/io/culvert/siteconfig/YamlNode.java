package io.culvert.siteconfig;

import java.util.List;

/** A value of the site file with the place where it starts, before anything is known of its meaning. */
sealed interface YamlNode {
    Position position();

    /** Returns how many values this one holds, itself included, with every alias counted as what it repeats. */
    long size();

    /** Returns the words that name what was found, such as {@code a list}. */
    String found();

    /** One scalar; {@code plain} if it stands without quotes and may therefore be a number, a truth value or nothing. */
    record Scalar(Position position, String text, boolean plain) implements YamlNode {
        private static final int SHOWN_CHARS = 60;

        /** The types of the YAML 1.2 core schema. */
        enum Type {
            NULL,
            BOOLEAN,
            INTEGER,
            FLOAT,
            TEXT
        }

        Type type() {
            if (!plain) {
                return Type.TEXT;
            }
            return switch (text) {
                case "", "~", "null", "Null", "NULL" -> Type.NULL;
                case "true", "True", "TRUE", "false", "False", "FALSE" -> Type.BOOLEAN;
                default -> {
                    if (text.matches("[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")) {
                        yield Type.INTEGER;
                    }
                    boolean real = text.matches("[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?")
                            || text.matches("[-+]?\\.(inf|Inf|INF)|\\.(nan|NaN|NAN)");
                    yield real ? Type.FLOAT : Type.TEXT;
                }
            };
        }

        @Override
        public long size() {
            return 1;
        }

        @Override
        public String found() {
            return switch (type()) {
                case NULL -> "nothing";
                case BOOLEAN -> "the truth value " + quoted();
                case INTEGER, FLOAT -> "the number " + quoted();
                case TEXT -> quoted();
            };
        }

        /** Returns the text in back quotes, in one line, cut to fit a sentence, without the user and password of a URL. */
        String quoted() {
            return quote(text);
        }

        static String quote(String text) {
            String oneLine = text.strip().replaceAll("\\s+", " ").replaceAll("//[^/@ ]*@", "//…@");
            if (oneLine.codePointCount(0, oneLine.length()) > SHOWN_CHARS) {
                oneLine = oneLine.substring(0, oneLine.offsetByCodePoints(0, SHOWN_CHARS)) + "…";
            }
            return "`" + oneLine + "`";
        }
    }

    /** A list, in the order of the file. */
    record Sequence(Position position, List<YamlNode> items, long size) implements YamlNode {
        @Override
        public String found() {
            return "a list";
        }
    }

    /** A mapping, in the order of the file, without duplicates. */
    record Mapping(Position position, List<Entry> entries, long size) implements YamlNode {
        @Override
        public String found() {
            return "a mapping";
        }
    }

    /** One key of a mapping with its value. */
    record Entry(Scalar key, YamlNode value) {}
}
