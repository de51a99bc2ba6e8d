package io.culvert.siteconfig.rules;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** A product that rules are written for, or a table of them for people. */
public enum RuleFormat {
    NFTABLES("nftables", "Linux nftables", "nft -f FILE", "nft -c, and loaded", new NftablesTemplate()),
    IPTABLES(
            "iptables",
            "Linux iptables and ip6tables",
            "iptables-restore --noflush FILE",
            "iptables-restore --test, and loaded",
            new IptablesTemplate()),
    FIREWALLD(
            "firewalld",
            "firewalld, a policy file",
            "install FILE, firewall-cmd --reload",
            "firewall-offline-cmd --check-config",
            new FirewalldTemplate()),
    PF("pf", "pf, OPNsense: an anchor", "pfctl -a culvert -f FILE", "not by a device", new PfTemplate()),
    ASA("asa", "Cisco ASA", "configure terminal", "beside aclgen, not by a device", new AsaTemplate()),
    SRX("srx", "Juniper SRX", "load set FILE", "not by a device", new SrxTemplate()),
    FORTIGATE("fortigate", "Fortinet FortiGate", "a CLI script", "not by a device", new FortigateTemplate()),
    PANOS("panos", "Palo Alto PAN-OS", "configure", "not by a device", new PanosTemplate()),
    CHECKPOINT(
            "checkpoint",
            "Check Point management",
            "bash FILE",
            "bash, with a stand-in for mgmt_cli; not by a device",
            new CheckpointTemplate()),
    SURICATA(
            "suricata",
            "Suricata",
            "a rule file",
            "the parser of suricata-update",
            new IpsTemplate(IpsTemplate.Dialect.SURICATA)),
    SNORT3("snort3", "Snort 3", "a rule file", "not by Snort", new IpsTemplate(IpsTemplate.Dialect.SNORT3)),
    CSV("csv", "a table for spreadsheets", "-", "read back", new CsvTemplate()),
    FORM("form", "a request form to print (English, Korean)", "-", "as HTML", new FormTemplate(Language.EN));

    private final String word;
    private final String product;
    private final String load;
    private final String checked;
    private final RuleTemplate template;

    RuleFormat(String word, String product, String load, String checked, RuleTemplate template) {
        this.word = word;
        this.product = product;
        this.load = load;
        this.checked = checked;
        this.template = template;
    }

    /** Returns the format of this word, if there is one. */
    public static Optional<RuleFormat> of(String word) {
        return Arrays.stream(values())
                .filter(format -> format.word.equals(word))
                .findFirst();
    }

    /** All words, in order. */
    public static List<String> words() {
        return Arrays.stream(values()).map(RuleFormat::word).toList();
    }

    /** What it is called on the command line. */
    public String word() {
        return word;
    }

    /** What it is for. */
    public String product() {
        return product;
    }

    /** How it is loaded there, in short. */
    public String load() {
        return load;
    }

    /** What its output is checked by in Culvert's own tests. */
    public String checked() {
        return checked;
    }

    /** Whether loading it replaces all of Culvert's rules there, those of other peers too. */
    public boolean isReplacing() {
        return switch (this) {
            case NFTABLES, IPTABLES, FIREWALLD, PF, SURICATA, SNORT3 -> true;
            case ASA, SRX, FORTIGATE, PANOS, CHECKPOINT, CSV, FORM -> false;
        };
    }

    /** The rules; loaded twice they are the same as loaded once. @param language of the form */
    public String rules(RulePlan plan, Language language) {
        return template(language).rules(plan);
    }

    /** What takes these rules away again, and nothing else. @param language of the form */
    public String removal(RulePlan plan, Language language) {
        return template(language).removal(plan);
    }

    private RuleTemplate template(Language language) {
        return this == FORM ? new FormTemplate(language) : template;
    }
}
