import com.sun.security.auth.module.Krb5LoginModule;
import com.sun.security.jgss.ExtendedGSSContext;
import com.sun.security.jgss.InquireType;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.security.Key;
import java.security.PrivilegedActionException;
import java.security.PrivilegedExceptionAction;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.security.auth.Subject;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.CallbackHandler;
import javax.security.auth.callback.NameCallback;
import javax.security.auth.callback.PasswordCallback;
import javax.security.auth.callback.UnsupportedCallbackException;
import javax.security.auth.login.LoginException;
import org.ietf.jgss.ChannelBinding;
import org.ietf.jgss.GSSContext;
import org.ietf.jgss.GSSCredential;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.GSSManager;
import org.ietf.jgss.MessageProp;
import org.ietf.jgss.Oid;
import sun.security.jgss.krb5.internal.TlsChannelBindingImpl;

/**
 * The JDK's GSS-API as a peer. It speaks like {@code ../mit-kdc/peer.py}, one JSON object per line in and
 * one per line out, with these differences:
 *
 * <ul>
 *   <li>A client logs on with a "cache", with "user" and "password", with "user" and "keytab", or is whoever
 *       "delegated" to the server that the peer was before.
 *   <li>A client and a server say whether their "bindings" are those of a TLS connection, as "tls".
 *   <li>"unwrap" and "verify" answer with the "order" of a message that came twice, late or early.
 *   <li>There are no messages of DCE RPC.
 * </ul>
 */
public class Peer {
    public static void main(String[] arguments) throws IOException {
        Peer peer = new Peer();
        var input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = input.readLine(); line != null; line = input.readLine()) {
            System.out.println(peer.answer(new Request(line)));
            System.out.flush();
        }
    }

    private static final String PRINCIPAL_NAME = "1.2.840.113554.1.2.2.1";
    private static final String KERBEROS = "1.2.840.113554.1.2.2";
    private static final String SPNEGO = "1.3.6.1.5.5.2";

    private Subject subject;
    private GSSContext context;

    private String answer(Request request) {
        Map<String, Object> answer = new LinkedHashMap<>();
        try {
            answer.put("ok", answerTo(request));
        } catch (Exception error) {
            answer.put("error", error.getClass().getSimpleName());
            answer.put("message", reasons(error));
            answer.put("token", null);
        }
        return Json.write(answer);
    }

    private Object answerTo(Request request) throws Exception {
        // Who the context is for is a matter of the thread.
        switch (request.text("do")) {
            case "client":
                if (request.isTrue("delegated")) {
                    return asSubject(() -> client(request, context.getDelegCred()));
                }
                subject = logOn(request);
                return asSubject(() -> client(request, null));
            case "server":
                subject = logOnAsService(request);
                return asSubject(() -> server(request));
            case "step":
                return asSubject(() -> step(request.bytes("token")));
            case "facts":
                return asSubject(this::facts);
            case "wrap":
                return wrap(request.bytes("data"), request.isTrue("sealed"));
            case "sign":
                return sign(request.bytes("data"));
            case "unwrap":
                return unwrap(request.bytes("data"));
            case "verify":
                return verify(request.bytes("data"), request.bytes("mic"));
            default:
                throw new IllegalArgumentException(request.text("do"));
        }
    }

    private Object client(Request request, GSSCredential credential) throws GSSException {
        GSSManager manager = GSSManager.getInstance();
        boolean isNegotiated = "spnego".equals(request.text("mechanism"));
        context =
                manager.createContext(
                        manager.createName(request.text("target"), new Oid(PRINCIPAL_NAME)),
                        new Oid(isNegotiated ? SPNEGO : KERBEROS),
                        credential,
                        GSSContext.DEFAULT_LIFETIME);
        List<String> flags = request.list("flags");
        context.requestMutualAuth(flags.contains("mutual_authentication"));
        context.requestReplayDet(flags.contains("replay_detection"));
        context.requestSequenceDet(flags.contains("out_of_sequence_detection"));
        context.requestInteg(flags.contains("integrity"));
        context.requestConf(flags.contains("confidentiality"));
        context.requestCredDeleg(flags.contains("delegate_to_peer"));
        bind(request);
        return null;
    }

    private Object server(Request request) throws GSSException {
        GSSManager manager = GSSManager.getInstance();
        Oid[] mechanisms = {new Oid(KERBEROS), new Oid(SPNEGO)};
        GSSCredential credential =
                manager.createCredential(
                        null, GSSCredential.INDEFINITE_LIFETIME, mechanisms, GSSCredential.ACCEPT_ONLY);
        context = manager.createContext(credential);
        bind(request);
        return null;
    }

    private void bind(Request request) throws GSSException {
        byte[] bindings = request.bytes("bindings");
        if (bindings != null) {
            // What Java's LDAP has for TLS: the types of the addresses are then as elsewhere.
            context.setChannelBinding(
                    request.isTrue("tls")
                            ? new TlsChannelBindingImpl(bindings)
                            : new ChannelBinding(bindings));
        }
    }

    private Object step(byte[] token) throws GSSException {
        byte[] given = token == null ? new byte[0] : token;
        byte[] made =
                context.isInitiator()
                        ? context.initSecContext(given, 0, given.length)
                        : context.acceptSecContext(given, 0, given.length);
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("token", made == null || made.length == 0 ? null : made);
        answer.put("complete", context.isEstablished());
        return answer;
    }

    private Object facts() throws GSSException {
        List<Object> flags = new ArrayList<>();
        if (context.getMutualAuthState()) flags.add("mutual_authentication");
        if (context.getReplayDetState()) flags.add("replay_detection");
        if (context.getSequenceDetState()) flags.add("out_of_sequence_detection");
        if (context.getIntegState()) flags.add("integrity");
        if (context.getConfState()) flags.add("confidentiality");
        if (context.getCredDelegState()) flags.add("delegate_to_peer");
        Key key = (Key) ((ExtendedGSSContext) context).inquireSecContext(InquireType.KRB5_GET_SESSION_KEY_EX);
        boolean isDelegated = !context.isInitiator() && context.getCredDelegState();
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("key", key.getEncoded());
        answer.put("flags", flags);
        answer.put("client", context.getSrcName().toString());
        answer.put("target", context.getTargName().toString());
        answer.put("delegated", isDelegated ? context.getDelegCred().getName().toString() : null);
        return answer;
    }

    private Object wrap(byte[] data, boolean isSealed) throws GSSException {
        return context.wrap(data, 0, data.length, new MessageProp(0, isSealed));
    }

    private Object sign(byte[] data) throws GSSException {
        return context.getMIC(data, 0, data.length, new MessageProp(0, false));
    }

    private Object unwrap(byte[] token) throws GSSException {
        MessageProp how = new MessageProp(0, false);
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("data", context.unwrap(token, 0, token.length, how));
        answer.put("sealed", how.getPrivacy());
        answer.putAll(order(how));
        return answer;
    }

    private Object verify(byte[] data, byte[] mic) throws GSSException {
        MessageProp how = new MessageProp(0, false);
        context.verifyMIC(mic, 0, mic.length, data, 0, data.length, how);
        Map<String, Object> order = order(how);
        return order.isEmpty() ? null : order;
    }

    private static Map<String, Object> order(MessageProp how) {
        String order = null;
        if (how.isDuplicateToken()) order = "duplicate";
        if (how.isOldToken()) order = "old";
        if (how.isUnseqToken()) order = "late";
        if (how.isGapToken()) order = "early";
        return order == null ? Map.of() : Map.of("order", order);
    }

    private static Subject logOn(Request request) throws LoginException {
        Map<String, String> options = new HashMap<>();
        if (request.text("user") != null) {
            options.put("principal", request.text("user"));
        }
        if (request.text("cache") != null) {
            options.put("useTicketCache", "true");
            options.put("ticketCache", request.text("cache"));
        } else if (request.text("keytab") != null) {
            options.put("useKeyTab", "true");
            options.put("keyTab", request.text("keytab"));
        }
        String password = request.text("password");
        options.put("doNotPrompt", String.valueOf(password == null));
        return logOn(options, password);
    }

    private static Subject logOnAsService(Request request) throws LoginException {
        Map<String, String> options = new HashMap<>();
        options.put("isInitiator", "false");
        options.put("principal", "*");
        options.put("useKeyTab", "true");
        options.put("keyTab", request.text("keytab"));
        options.put("storeKey", "true");
        options.put("doNotPrompt", "true");
        return logOn(options, null);
    }

    private static Subject logOn(Map<String, String> options, String password) throws LoginException {
        CallbackHandler handler =
                callbacks -> {
                    for (Callback callback : callbacks) {
                        if (callback instanceof PasswordCallback) {
                            ((PasswordCallback) callback).setPassword(password.toCharArray());
                        } else if (callback instanceof NameCallback) {
                            ((NameCallback) callback).setName(options.get("principal"));
                        } else {
                            throw new UnsupportedCallbackException(callback);
                        }
                    }
                };
        Subject subject = new Subject();
        Krb5LoginModule module = new Krb5LoginModule();
        module.initialize(subject, handler, new HashMap<>(), options);
        module.login();
        module.commit();
        return subject;
    }

    private Object asSubject(PrivilegedExceptionAction<Object> action) throws Exception {
        try {
            return Subject.doAs(subject, action);
        } catch (PrivilegedActionException wrapped) {
            throw wrapped.getException();
        }
    }

    /** What went wrong, and what led to it. */
    private static String reasons(Throwable error) {
        StringBuilder reasons = new StringBuilder(String.valueOf(error.getMessage()));
        for (Throwable cause = error.getCause(); cause != null; cause = cause.getCause()) {
            reasons.append("; ").append(cause.getMessage());
        }
        return reasons.toString();
    }

    /** An object of names with texts, lists of texts, truths and nulls, and no escapes: more is never asked. */
    private static class Request {
        private static final Pattern FIELD =
                Pattern.compile("\"(\\w+)\":(?:\"([^\"\\\\]*)\"|(true|false|null)|\\[([^\\]]*)\\])");

        private final Map<String, String> fields = new HashMap<>();

        Request(String line) {
            Matcher field = FIELD.matcher(line);
            while (field.find()) {
                String text = field.group(2);
                String list = field.group(4);
                String word = "null".equals(field.group(3)) ? null : field.group(3);
                fields.put(field.group(1), text != null ? text : list != null ? list : word);
            }
        }

        String text(String name) {
            return fields.get(name);
        }

        boolean isTrue(String name) {
            return "true".equals(text(name));
        }

        byte[] bytes(String name) {
            String text = text(name);
            return text == null ? null : Base64.getDecoder().decode(text);
        }

        List<String> list(String name) {
            List<String> list = new ArrayList<>();
            for (String part : text(name).split(",")) {
                list.add(part.replace("\"", ""));
            }
            return list;
        }
    }

    private static class Json {
        static String write(Object value) {
            if (value instanceof Map) {
                List<String> fields = new ArrayList<>();
                ((Map<?, ?>) value).forEach((name, field) -> fields.add(write(name) + ":" + write(field)));
                return "{" + String.join(",", fields) + "}";
            } else if (value instanceof List) {
                List<String> parts = new ArrayList<>();
                ((List<?>) value).forEach(part -> parts.add(write(part)));
                return "[" + String.join(",", parts) + "]";
            } else if (value instanceof byte[]) {
                return write(Base64.getEncoder().encodeToString((byte[]) value));
            } else if (value instanceof String) {
                return quote((String) value);
            }
            return String.valueOf(value);
        }

        private static String quote(String text) {
            StringBuilder quoted = new StringBuilder("\"");
            for (char character : text.toCharArray()) {
                if (character == '"' || character == '\\' || character < ' ') {
                    quoted.append(String.format("\\u%04x", (int) character));
                } else {
                    quoted.append(character);
                }
            }
            return quoted.append('"').toString();
        }
    }
}
