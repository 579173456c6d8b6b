package anysspi

import anysspi.bridge.bindingsStructure
import anysspi.bridge.endPointBindings

/** The bindings of a channel (Extended Protection): what ties a logon to the TLS connection it runs in. */
public class ChannelBindings(applicationData: ByteArray) {
    private val data = applicationData.copyOf()

    /** The application data, such as `tls-unique:` and the first Finished message. */
    public val applicationData: ByteArray get() = data.copyOf()

    /** The `SEC_CHANNEL_BINDINGS` structure, for CHANNEL_BINDINGS buffers of [Raw]. */
    public fun toStructure(): ByteArray = calling { lending(data) { bindingsStructure(it) } }

    override fun equals(other: Any?): Boolean = other is ChannelBindings && data.contentEquals(other.data)

    override fun hashCode(): Int = data.contentHashCode()

    override fun toString(): String {
        val kind = data.takeWhile { it != ':'.code.toByte() }.toByteArray().toString(Charsets.ISO_8859_1)
        return "ChannelBindings($kind, ${data.size} bytes)"
    }

    public companion object {
        /**
         * The bindings of a server's certificate, in DER: `session.peerCertificates[0].encoded` on a client's
         * `SSLSession`.
         */
        public fun tlsServerEndPoint(certificate: ByteArray): ChannelBindings =
            ChannelBindings(calling { lending(certificate) { endPointBindings(it) } })
    }
}

/** What to do about channel bindings. */
public enum class BindingPolicy {
    /** They are neither sent nor looked at. */
    NEVER,

    /** They are sent where there are any; a server refuses wrong ones, and lets in who sends none. */
    WHEN_SUPPORTED,

    /** A server refuses a client without the right ones, and neither side starts without any. */
    ALWAYS,
}

/** What became of the channel bindings. */
public enum class BindingsChecked {
    /** Nothing was checked. */
    NO,

    /** A client sent its bindings for the server to check. */
    SENT,

    /** A server checked the client's bindings, and they are the right ones. */
    VERIFIED,
}
