package io.culvert.gateway.alert;

import io.culvert.siteconfig.Alerts;
import jakarta.mail.Address;
import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.SendFailedException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Mails alerts by a submission server (RFC 6409). All mails of an alarm are one thread, and say that a machine wrote them (RFC 3834), so that
 * nobody's absence answers them. An address that the server refuses keeps the alert from nobody else, and no later one waits for it; it is told.
 */
final class MailChannel implements AlertChannel {
    private static final String CONNECT_MILLIS = "10000";

    /** A server may look through a mail before it answers; {@link Cut} ends all of it. */
    private static final String ANSWER_MILLIS = "180000";

    /** How often an address that the server wants later keeps the next mails waiting. */
    private static final int PATIENT = 8;

    private static final Logger LOG = LoggerFactory.getLogger(MailChannel.class);

    private final Alerts.Mail mail;
    private final Origin origin;
    private final List<Path> bundles;
    private final Set<String> taken = new HashSet<>();
    private @Nullable Alert current;
    private int tries;

    MailChannel(Alerts.Mail mail, Origin origin, List<Path> bundles) {
        this.mail = mail;
        this.origin = origin;
        this.bundles = List.copyOf(bundles);
    }

    @Override
    public String target() {
        return String.join(", ", mail.to()) + " by " + mail.server();
    }

    @Override
    public Optional<String> send(Alert alert, Cut cut) throws IOException {
        if (!alert.equals(current)) {
            current = alert;
            tries = 0;
            taken.clear();
        }
        tries++;
        Session session = Session.getInstance(properties(cut));
        try {
            Transport transport = session.getTransport("smtp");
            try {
                MimeMessage message = message(session, alert);
                connect(transport);
                transport.sendMessage(message, message.getAllRecipients());
            } finally {
                quit(transport);
            }
            return Optional.empty();
        } catch (AuthenticationFailedException e) {
            throw new IOException(mail.server() + " does not take user and password: " + reason(e), e);
        } catch (SendFailedException e) {
            return remark(e);
        } catch (MessagingException e) {
            throw new IOException(mail.server() + ": " + reason(e), e);
        }
    }

    /** Says good-bye; what the server answers to that changes nothing. */
    private static void quit(Transport transport) {
        try {
            transport.close();
        } catch (MessagingException e) {
            LOG.debug("a mail server did not take leave: {}", e.getMessage());
        }
    }

    private void connect(Transport transport) throws IOException, MessagingException {
        if (mail.login().isPresent()) {
            Alerts.Mail.Login login = mail.login().get();
            transport.connect(login.user(), SecretFile.read(login.passwordFile()));
        } else {
            transport.connect();
        }
    }

    /**
     * What became of a mail that was not taken for all.
     *
     * @throws IOException if nobody has it, or the server asked to come again and was not asked {@link #PATIENT} times: greylisting takes minutes
     */
    private Optional<String> remark(SendFailedException e) throws IOException {
        addresses(e.getValidSentAddresses()).forEach(taken::add);
        boolean later = !addresses(e.getValidUnsentAddresses()).isEmpty();
        String refused = mail.server() + " refuses the mail: " + reason(e);
        if (taken.isEmpty() || later && tries < PATIENT) {
            throw new IOException(refused, e);
        }
        return Optional.of("not for all: " + refused);
    }

    private static List<String> addresses(Address @Nullable [] addresses) {
        return addresses == null
                ? List.of()
                : Arrays.stream(addresses).map(MailChannel::plain).toList();
    }

    /** Without what a mail's header adds. */
    private static String plain(Address address) {
        return address instanceof InternetAddress internet ? internet.getAddress() : address.toString();
    }

    /** Of the whole chain: what the server said stands below "Invalid Addresses". */
    private static String reason(MessagingException e) {
        StringBuilder reason = new StringBuilder(String.valueOf(e.getMessage()).strip());
        Exception next = e.getNextException();
        while (next instanceof MessagingException below) {
            reason.append(": ").append(String.valueOf(below.getMessage()).strip());
            next = below.getNextException();
        }
        if (next != null) {
            reason.append(": ").append(String.valueOf(next.getMessage()).strip());
        }
        return AlertText.line(reason.toString());
    }

    private Properties properties(Cut cut) throws IOException {
        Properties properties = new Properties();
        properties.setProperty("mail.smtp.host", mail.server().host());
        properties.setProperty("mail.smtp.port", String.valueOf(mail.server().port()));
        properties.setProperty("mail.smtp.connectiontimeout", CONNECT_MILLIS);
        properties.setProperty("mail.smtp.timeout", ANSWER_MILLIS);
        properties.setProperty("mail.smtp.writetimeout", ANSWER_MILLIS);
        properties.setProperty("mail.smtp.localhost", origin.host());
        properties.setProperty("mail.smtp.sendpartial", "true");
        properties.setProperty("mail.smtp.auth", String.valueOf(mail.login().isPresent()));
        boolean starttls = mail.encryption() == Alerts.Mail.Encryption.STARTTLS && !isOfThisMachine();
        properties.setProperty("mail.smtp.starttls.enable", String.valueOf(starttls));
        properties.setProperty(
                "mail.smtp.starttls.required",
                String.valueOf(starttls && mail.login().isPresent()));
        properties.setProperty("mail.smtp.ssl.enable", String.valueOf(mail.encryption() == Alerts.Mail.Encryption.TLS));
        properties.setProperty("mail.smtp.ssl.checkserveridentity", "true");
        properties.setProperty("mail.smtp.ssl.protocols", "TLSv1.3 TLSv1.2");
        properties.setProperty("mail.smtp.quitwait", "false");
        properties.put("mail.smtp.socketFactory", new WatchedSockets(BoundedSocket.FACTORY, cut));
        properties.setProperty("mail.smtp.socketFactory.fallback", "false");
        if (starttls || mail.encryption() == Alerts.Mail.Encryption.TLS) {
            properties.put(
                    "mail.smtp.ssl.socketFactory",
                    new WatchedTlsSockets(MachineTrust.context(bundles).getSocketFactory(), cut));
        }
        return properties;
    }

    /** Nothing leaves it, no password goes there, and its usual certificate is signed by nobody: no TLS. */
    private boolean isOfThisMachine() throws IOException {
        return mail.login().isEmpty()
                && InetAddress.getByName(mail.server().host()).isLoopbackAddress();
    }

    private MimeMessage message(Session session, Alert alert) throws MessagingException {
        MimeMessage message = new MimeMessage(session);
        message.setFrom(new InternetAddress(mail.from().orElse("culvert@" + origin.host())));
        for (String to : mail.to()) {
            InternetAddress address = new InternetAddress(to);
            if (!taken.contains(plain(address))) {
                message.addRecipient(Message.RecipientType.TO, address);
            }
        }
        message.setSubject(AlertText.headline(origin, alert), StandardCharsets.UTF_8.name());
        message.setSentDate(Date.from(alert.at()));
        message.setHeader("Auto-Submitted", "auto-generated");
        message.setHeader("References", thread(alert));
        message.setText(AlertText.whole(origin, alert), StandardCharsets.UTF_8.name());
        return message;
    }

    /** The same for all mails of an alarm. */
    private String thread(Alert alert) {
        return "<" + alert.incident().replaceAll("[^A-Za-z0-9.-]", "-") + "." + origin.site() + "@culvert.invalid>";
    }
}
