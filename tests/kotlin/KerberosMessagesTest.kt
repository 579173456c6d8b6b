package anysspi.tests

import anysspi.Allow
import anysspi.Attribute
import anysspi.AttributeValue
import anysspi.BufferKind
import anysspi.Flag
import anysspi.InvalidParameter
import anysspi.MessageAltered
import anysspi.OutOfSequence
import anysspi.Password
import anysspi.ProtectionException
import anysspi.Raw
import anysspi.Raw.Buffer
import anysspi.Raw.SecurityContext
import anysspi.SspiException
import anysspi.Usage
import anysspi.accept
import anysspi.initiate
import java.nio.ByteBuffer
import kotlin.test.assertContentEquals
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertTrue
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.DynamicTest.dynamicTest
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.TestFactory

private val TYPES = listOf(
    AES256,
    "aes128-cts-hmac-sha1-96",
    "aes256-cts-hmac-sha384-192",
    "aes128-cts-hmac-sha256-128",
    "rc4-hmac",
)

/** Messages of Kerberos, with keys of every type. */
class KerberosMessagesTest : KerberosStage() {
    @TestFactory
    fun `messages are protected with keys of every type`() = TYPES.map { type ->
        dynamicTest(type) {
            realm.addUser("typed", PASSWORD, encryptionTypes = listOf(type))
            realm.addService("HTTP/typed.example.test", encryptionTypes = listOf(type))
            val (target, allow) = "HTTP/typed.example.test" to if (type == "rc4-hmac") listOf(Allow.RC4) else emptyList()
            fun contexts(without: List<Flag> = emptyList()) =
                pair(
                    initiate("Kerberos", target, Password("typed@$NAME", PASSWORD), without = without, allow = allow, kdc = realm),
                    accept("Kerberos", realm.keytab(target), relax = without, allow = allow),
                )
            val (client, server) = contexts()
            for (size in listOf(0, 1, 7, 8, 15, 16, 17, 63, 64, 65, 1000, 65_536, 100_003)) {
                val message = ByteArray(size) { (it % 251).toByte() }
                for ((here, there) in listOf(client to server, server to client)) {
                    val wrapped = here.wrap(message)
                    if (size >= 8) assertTrue(hex(message.copyOf(8)) !in hex(wrapped.copyOf(minOf(wrapped.size, 300))))
                    assertContentEquals(message, there.unwrap(wrapped))
                    val signature = here.sign(message)
                    there.verify(message, signature)
                    assertFailsWith<SspiException> { there.verify(message, signature) }
                    val another = here.sign(message)
                    assertFailsWith<SspiException> { there.verify(message + 1, another) }
                    there.verify(message, another)
                }
            }
            assertContentEquals(bytes("later"), runBlocking { server.unwrapAsync(client.wrapAsync(bytes("later"))) })
            val (plain, reader) = contexts(listOf(Flag.CONFIDENTIALITY))
            val readable = plain.wrap(bytes("readable"))
            assertTrue("readable" in readable.toString(Charsets.ISO_8859_1))
            assertContentEquals(bytes("readable"), reader.unwrap(readable))
        }
    }

    /** A message of a context of the raw layer, which says how it is protected. */
    private fun rawWrap(context: SecurityContext, message: ByteArray, quality: UInt): ByteArray {
        val sizes = (Raw.queryContextAttributes(context, Attribute.SIZES) as AttributeValue.OfSizes).sizes
        val buffers = listOf(
            Buffer(BufferKind.TOKEN, ByteArray(sizes.securityTrailer)),
            Buffer(BufferKind.DATA, message.copyOf()),
            Buffer(BufferKind.PADDING, ByteArray(sizes.blockSize)),
        )
        Raw.encryptMessage(context, quality, buffers)
        return buffers.map { it.toByteArray() }.reduce(ByteArray::plus)
    }

    @TestFactory
    fun `messages say whether they were encrypted`() = TYPES.map { type ->
        dynamicTest(type) {
            realm.addService(WEB, encryptionTypes = listOf(type))
            val allow = if (type == "rc4-hmac") listOf(Allow.RC4) else emptyList()
            val tickets = realm.tickets("alice", WEB)
            val outbound = Raw.acquireCredentialsHandle(null, "Kerberos", Usage.OUTBOUND, tickets, allow).first
            val (one, server) = SecurityContext() to accept("Kerberos", realm.keytab(WEB), allow = allow)
            rawLeg(outbound, one, server.step(rawLeg(outbound, one).second)!!)
            val other = server.context
            for (size in listOf(0, 1, 16, 100, 5000, 70_000)) {
                val message = ByteArray(size) { (it % 251).toByte() }
                for (quality in listOf(0u, NO_ENCRYPT, NO_ENCRYPT, 0u)) {
                    val ways = listOf<(ByteArray) -> Pair<ByteArray, UInt>>(
                        { other.unwrapWithQuality(it) },
                        { other.unwrapWithQuality(ByteBuffer.wrap(it)) },
                        { runBlocking { other.unwrapWithQualityAsync(it) } },
                    )
                    for (unwrap in ways) {
                        val wrapped = rawWrap(one, message, quality)
                        if (size in 16..200) assertEquals(quality == NO_ENCRYPT, hex(message) in hex(wrapped))
                        val (opened, found) = unwrap(wrapped)
                        assertContentEquals(message, opened)
                        assertEquals(quality, found)
                    }
                }
            }
            for (quality in listOf(0u, NO_ENCRYPT)) {
                val wrapped = rawWrap(one, bytes("a message"), quality)
                for (at in wrapped.indices) {
                    val altered = wrapped.copyOf().also { it[at] = (it[at].toInt() xor 0x10).toByte() }
                    assertFailsWith<ProtectionException> { other.unwrapWithQuality(altered) }
                    assertFailsWith<ProtectionException> { other.unwrapWithQuality(wrapped.copyOf(at)) }
                }
                assertEquals(quality, other.unwrapWithQuality(wrapped).second)
                assertFailsWith<OutOfSequence> { other.unwrapWithQuality(wrapped) }
            }
            assertContentEquals(bytes("signed"), other.unwrap(rawWrap(one, bytes("signed"), NO_ENCRYPT)))
        }
    }

    @Test
    fun `rc4-hmac is off unless it is allowed`() {
        realm.addUser("old", PASSWORD, encryptionTypes = listOf("rc4-hmac"))
        realm.addService("HTTP/old.example.test", encryptionTypes = listOf("rc4-hmac"))
        val old = Password("old@$NAME", PASSWORD)
        assertFailsWith<SspiException> { client(old, target = "HTTP/old.example.test", kdc = realm).next() }
        val tickets = realm.tickets("old", "HTTP/old.example.test")
        val token = initiate("Kerberos", "HTTP/old.example.test", tickets, allow = listOf(Allow.RC4)).next()!!
        assertFailsWith<SspiException> { server(realm.keytab("HTTP/old.example.test")).step(token) }
        assertFailsWith<InvalidParameter> { realm.addUser("x", PASSWORD, encryptionTypes = listOf("des-cbc-md5")) }
        assertFailsWith<InvalidParameter> { realm.addService("x", encryptionTypes = listOf("rot13")) }
    }

    @Test
    fun `altered and repeated messages do not open`() {
        val (client, server) = pair(client(), server())
        val wrapped = client.wrap(bytes("a message"))
        for (at in listOf(0, 2, wrapped.size / 2, wrapped.size - 1)) {
            val altered = wrapped.copyOf().also { it[at] = (it[at].toInt() xor 1).toByte() }
            assertFailsWith<SspiException> { server.unwrap(altered) }
        }
        for (length in wrapped.indices) assertFailsWith<MessageAltered> { server.unwrap(wrapped.copyOf(length)) }
        assertContentEquals(bytes("a message"), server.unwrap(wrapped))
        assertFailsWith<OutOfSequence> { server.unwrap(wrapped) }
        assertFailsWith<SspiException> { client.unwrap(client.wrap(bytes("my own"))) }
    }
}
