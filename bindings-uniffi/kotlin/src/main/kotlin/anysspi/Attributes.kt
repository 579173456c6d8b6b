package anysspi

import anysspi.bridge.AccessFacts
import anysspi.bridge.AttributeAnswer
import java.time.Instant

/** The answer to a question about a context (`QueryContextAttributes`). */
public sealed interface AttributeValue {
    /** SIZES */
    public data class OfSizes(val sizes: Sizes) : AttributeValue

    /** STREAM_SIZES */
    public data class OfStream(val sizes: StreamSizes) : AttributeValue

    /** KEY_INFO */
    public data class OfKey(val key: KeyInfo) : AttributeValue

    /** PACKAGE_INFO */
    public data class OfPackage(val packageInfo: PackageInfo) : AttributeValue

    /** NEGOTIATION_INFO: the package, and how far it is: `complete`, `optimistic`, `in_progress`. */
    public data class OfNegotiation(val packageInfo: PackageInfo, val progress: String) : AttributeValue

    /** NAMES, TARGET, CLIENT_SPECIFIED_TARGET */
    public data class Name(val name: String) : AttributeValue

    /** NATIVE_NAMES; the server is empty where it is not known. */
    public data class NativeNames(val client: String, val server: String) : AttributeValue

    /** LIFESPAN; an end of `null` never comes. */
    public data class Lifespan(val start: Instant?, val expiry: Instant?) : AttributeValue

    /** FLAGS */
    public data class OfFlags(val flags: Set<Flag>) : AttributeValue

    /** SESSION_KEY, TARGET_INFORMATION, UNIQUE_BINDINGS, ENDPOINT_BINDINGS */
    public class Bytes(public val bytes: ByteArray) : AttributeValue {
        override fun equals(other: Any?): Boolean = other is Bytes && bytes.contentEquals(other.bytes)

        override fun hashCode(): Int = bytes.contentHashCode()

        // A session key is among them.
        override fun toString(): String = "Bytes(${bytes.size} bytes)"
    }

    /** ACCESS_TOKEN */
    public data class OfAccess(val token: AccessToken) : AttributeValue

    /** REMOTE_CERT_CONTEXT, LOCAL_CERT_CONTEXT: the chain in DER, the side's own first. */
    public class Certificates(public val chain: List<ByteArray>) : AttributeValue {
        override fun toString(): String = "Certificates(${chain.size})"
    }

    /** ISSUER_LIST_EX: the names of authorities in DER, those that the server trusts first of all. */
    public class Issuers(public val names: List<ByteArray>) : AttributeValue {
        override fun toString(): String = "Issuers(${names.size})"
    }

    /** CONNECTION_INFO */
    public data class OfConnection(val connection: ConnectionInfo) : AttributeValue

    /** CREDS: what the client delegated; `null` where it is nothing. */
    public data class OfDelegated(val delegated: Delegated?) : AttributeValue
}

/** Sizes for stream protection. */
public data class StreamSizes(
    /** The size of what comes before a message. */
    val header: Int,
    /** The size of what comes behind it. */
    val trailer: Int,
    /** The largest message. */
    val maximumMessage: Int,
    /** How many buffers a message needs. */
    val buffers: Int,
    /** The size messages are padded to a multiple of. */
    val blockSize: Int,
)

/** Algorithms and strength. */
public data class KeyInfo(
    /** The algorithm of signatures. */
    val signatureAlgorithmName: String,
    /** The algorithm of encryption. */
    val encryptionAlgorithmName: String,
    /** The bits of the key. */
    val keySize: Int,
    /** The number of the signature algorithm. */
    val signatureAlgorithm: UInt,
    /** The number of the encryption algorithm. */
    val encryptionAlgorithm: UInt,
)

/** The protocol and ciphers of a connection, by the numbers and names that TLS gives them. */
public data class ConnectionInfo(
    /** The version's number: 0x0303 for TLS 1.2, 0x0304 for TLS 1.3. */
    val version: Int,
    /** The version's name. */
    val versionName: String,
    /** The number of the cipher suite. */
    val cipherSuite: Int,
    /** The name of the cipher suite. */
    val cipherSuiteName: String,
    /** The group of the key exchange, where one took place. */
    val keyExchange: String?,
    /** Whether an earlier session was resumed. */
    val isResumed: Boolean,
)

/** Who the client of a server's context is. */
public data class AccessToken(
    /** The client; empty for an anonymous one. */
    val user: String,
    /** Whether the client is anonymous. */
    val isAnonymous: Boolean,
    /** Whether the client lets the server only identify it. */
    val identifyOnly: Boolean,
    /** When the token ends; `null` for never. */
    val expiry: Instant?,
)

internal fun AccessFacts.token(): AccessToken = AccessToken(user, isAnonymous, identifyOnly, expiry)

internal fun AttributeAnswer.value(): AttributeValue =
    when (this) {
        is AttributeAnswer.Sizes -> AttributeValue.OfSizes(sizes.sizes())
        is AttributeAnswer.Streaming ->
            AttributeValue.OfStream(
                StreamSizes(
                    sizes.header.toInt(),
                    sizes.trailer.toInt(),
                    sizes.maximumMessage.toInt(),
                    sizes.buffers.toInt(),
                    sizes.blockSize.toInt(),
                ),
            )
        is AttributeAnswer.Key ->
            AttributeValue.OfKey(
                KeyInfo(
                    key.signatureAlgorithmName,
                    key.encryptionAlgorithmName,
                    key.keySize.toInt(),
                    key.signatureAlgorithm,
                    key.encryptionAlgorithm,
                ),
            )
        is AttributeAnswer.Package -> AttributeValue.OfPackage(facts.info())
        is AttributeAnswer.Negotiated -> AttributeValue.OfNegotiation(facts.info(), progress)
        is AttributeAnswer.Name -> AttributeValue.Name(name)
        is AttributeAnswer.Names -> AttributeValue.NativeNames(client, server)
        is AttributeAnswer.Lifespan -> AttributeValue.Lifespan(start, expiry)
        is AttributeAnswer.Flags -> AttributeValue.OfFlags(flagsOf(flags))
        is AttributeAnswer.Bytes -> AttributeValue.Bytes(bytes)
        is AttributeAnswer.Access -> AttributeValue.OfAccess(token.token())
        is AttributeAnswer.Certificates -> AttributeValue.Certificates(chain)
        is AttributeAnswer.Issuers -> AttributeValue.Issuers(names)
        is AttributeAnswer.Connection ->
            AttributeValue.OfConnection(
                ConnectionInfo(
                    connection.version.toInt(),
                    connection.versionName,
                    connection.cipherSuite.toInt(),
                    connection.cipherSuiteName,
                    connection.keyExchange,
                    connection.isResumed,
                ),
            )
        is AttributeAnswer.Handed -> AttributeValue.OfDelegated(delegated?.delegated())
    }
