package anysspi.tests

import anysspi.Allow
import anysspi.Flag
import anysspi.InvalidParameter
import anysspi.MessageAltered
import anysspi.OutOfSequence
import anysspi.Password
import anysspi.SspiException
import anysspi.accept
import anysspi.initiate
import kotlin.test.assertContentEquals
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
