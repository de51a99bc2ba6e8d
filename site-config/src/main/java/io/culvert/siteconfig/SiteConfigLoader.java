package io.culvert.siteconfig;

import java.nio.file.Path;

/**
 * Reads a site file: all of it, or a {@link ConfigException} with all that is wrong.
 *
 * <p>Broken YAML hides what comes after it; every other problem is reported at once. What is checked is the file
 * alone. Names of peers, in {@code peers}, {@code grants}, {@code replicateTo} and {@code appliances}, and datasets in
 * {@code read} are not looked up: enrolment is kept in the state directory, and a dataset may be a replica of a peer's.
 */
public final class SiteConfigLoader {
    private SiteConfigLoader() {}

    /**
     * Loads {@code file}, at most 1 MiB of UTF-8.
     *
     * @throws ConfigException with every problem, also if the file cannot be read
     */
    public static SiteConfig load(Path file) throws ConfigException {
        Problems problems = new Problems(file);
        return decode(SourceText.read(file, problems), problems);
    }

    static SiteConfig parse(Path file, byte[] content) throws ConfigException {
        return decode(content, new Problems(file));
    }

    private static SiteConfig decode(byte[] content, Problems problems) throws ConfigException {
        YamlNode root = YamlComposer.compose(SourceText.decode(content, problems), problems);
        Crosscheck crosscheck = new Crosscheck(problems);
        var config = new SiteDecoder(problems, crosscheck).decode(root);
        crosscheck.report();
        return config.filter(ok -> problems.count() == 0).orElseThrow(problems::toException);
    }
}
