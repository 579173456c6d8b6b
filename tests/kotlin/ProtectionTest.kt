package anysspi.tests

import anysspi.Accounts
import anysspi.Context
import anysspi.Flag
import anysspi.InvalidHandle
import anysspi.MessageAltered
import anysspi.OutOfSequence
import anysspi.Password
import anysspi.SspiException
import anysspi.UnsupportedFunction
import anysspi.accept
import anysspi.initiate
import java.nio.ByteBuffer
import kotlin.concurrent.thread
import kotlin.test.assertContentEquals
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertTrue
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.TestFactory

/** Message protection: what opens, what must not, and what stays as it was. */
class ProtectionTest {
    private fun runShared(
        shared: Shared,
        wrap: (Context, ByteArray) -> ByteArray,
        unwrap: (Context, ByteArray) -> ByteArray,
    ) {
        val (client, server) = standing(shared.text("handshake")!!)
        for (step in (shared["messages"] as List<*>).map { it as Shared }) {
            val (here, there) = if (step["from"] == "client") client to server else server to client
            val message = unhex(step.text("message")!!)
            val wraps = step["call"] == "wrap"
            val sealed = step.text("forged")?.let(::unhex) ?: if (wraps) wrap(here, message) else here.sign(message)
            assertEquals(step["protected"], hex(sealed))
            val status =
                try {
                    if (wraps) assertContentEquals(message, unwrap(there, sealed)) else there.verify(message, sealed)
                    "SEC_E_OK"
                } catch (error: SspiException) {
                    error.symbol
                }
            assertEquals(step["status"], status)
        }
    }

    @TestFactory
    fun `the shared cases pass`() =
        forCases("protection.json") { shared -> runShared(shared, { it, m -> it.wrap(m) }, { it, m -> it.unwrap(m) }) }

    @TestFactory
    fun `the shared cases pass with wrapAsync and unwrapAsync`() =
        forCases("protection.json") { shared ->
            runShared(shared, { it, m -> runBlocking { it.wrapAsync(m) } }, { it, m -> runBlocking { it.unwrapAsync(m) } })
        }

    @TestFactory
    fun `the shared cases pass with direct buffers`() =
        forCases("protection.json") { shared ->
            fun direct(bytes: ByteArray) = ByteBuffer.allocateDirect(bytes.size).put(bytes).flip()
            runShared(shared, { it, m -> it.wrap(direct(m)) }, { it, m -> it.unwrap(direct(m)) })
        }

    /** The message that was opened, whose quality has to be that of the context. */
    private fun judged(context: Context, opened: Pair<ByteArray, UInt>): ByteArray {
        assertEquals(if (Flag.CONFIDENTIALITY in context.flags) 0u else NO_ENCRYPT, opened.second)
        return opened.first
    }

    @TestFactory
    fun `the shared cases pass with unwrapWithQuality`() =
        forCases("protection.json") { shared ->
            runShared(shared, { it, m -> it.wrap(m) }, { it, m -> judged(it, it.unwrapWithQuality(m)) })
        }

    @Test
    fun `messages of every size open`() {
        for (packageName in listOf("NTLM", "Negotiate")) {
            val (client, server) = pair(clientOf(packageName), serverOf(packageName))
            val sizes = (0..69) + listOf(1024, 4095, 4096, 4097, 65_535, 65_536, 65_537, 1_000_003, 16 shl 20)
            for (size in sizes) {
                val message = ByteArray(size) { (it % 251).toByte() }
                for ((here, there) in listOf(client to server, server to client)) {
                    val wrapped = here.wrap(message)
                    assertEquals(size + 16, wrapped.size)
                    if (size >= 8) assertTrue(!wrapped.copyOfRange(16, wrapped.size).contentEquals(message))
                    assertContentEquals(message, there.unwrap(wrapped))
                    assertContentEquals(message, judged(there, there.unwrapWithQuality(here.wrap(message))))
                    there.verify(message, here.sign(message))
                }
            }
        }
    }

    @Test
    fun `every altered byte is noticed and costs nothing`() {
        val (client, server) = pair()
        val wrapped = client.wrap(bytes("a message of some length"))
        for (at in wrapped.indices) {
            val altered = wrapped.copyOf().also { it[at] = (it[at].toInt() xor 0x80).toByte() }
            val error = assertFailsWith<SspiException> { server.unwrap(altered) }
            val expected = if (at in 12..15) OutOfSequence::class else MessageAltered::class
            assertEquals(expected, error::class)
            assertEquals(expected, assertFailsWith<SspiException> { server.unwrapWithQuality(altered) }::class)
        }
        assertContentEquals(bytes("a message of some length"), server.unwrap(wrapped))
    }

    @Test
    fun `truncated and prolonged messages are altered`() {
        val (client, server) = pair()
        val wrapped = client.wrap(bytes("message"))
        for (length in wrapped.indices) assertFailsWith<MessageAltered> { server.unwrap(wrapped.copyOf(length)) }
        assertFailsWith<MessageAltered> { server.unwrap(wrapped.copyOf(wrapped.size + 1)) }
        assertContentEquals(bytes("message"), server.unwrap(wrapped))
    }

    @Test
    fun `replayed and reordered messages are out of sequence`() {
        val (client, server) = pair()
        val (first, second) = client.wrap(bytes("first!")) to client.wrap(bytes("second"))
        assertFailsWith<OutOfSequence> { server.unwrap(second) }
        assertContentEquals(bytes("first!"), server.unwrap(first))
        assertFailsWith<OutOfSequence> { server.unwrap(first) }
        assertContentEquals(bytes("second"), server.unwrap(second))
    }

    @Test
    fun `a message of one's own or of another context does not open`() {
        val (client, server) = pair()
        val own = server.wrap(bytes("mine"))
        assertFailsWith<MessageAltered> { server.unwrap(own) }
        assertFailsWith<MessageAltered> { server.unwrap(pair().first.wrap(bytes("foreign"))) }
        assertContentEquals(bytes("mine"), client.unwrap(own))
    }

    @Test
    fun `signatures cover the message and keep count`() {
        val (client, server) = pair()
        val (first, second) = client.sign(bytes("one")) to client.sign(bytes("two"))
        assertFailsWith<OutOfSequence> { server.verify(bytes("two"), second) }
        assertFailsWith<MessageAltered> { server.verify(bytes("0ne"), first) }
        assertFailsWith<MessageAltered> { server.verify(bytes("one"), first.copyOf(15)) }
        assertFailsWith<MessageAltered> { server.verify(bytes("one"), ByteArray(0)) }
        server.verify(bytes("one"), first)
        server.verify(bytes("two"), second)
        assertContentEquals(bytes("three"), server.unwrap(client.wrap(bytes("three"))))
    }

    private fun without(flags: Collection<Flag>) =
        pair(
            initiate("NTLM", TARGET, Password(USER, PASSWORD), without = flags),
            accept("NTLM", Accounts(mapOf(USER to PASSWORD)), without = flags),
        )

    @Test
    fun `without confidentiality a wrapped message is only signed`() {
        val (client, server) = without(listOf(Flag.CONFIDENTIALITY))
        val wrapped = client.wrap(bytes("readable"))
        assertContentEquals(bytes("readable"), wrapped.copyOfRange(16, wrapped.size))
        assertContentEquals(bytes("readable"), server.unwrap(wrapped))
        assertEquals(NO_ENCRYPT, server.unwrapWithQuality(client.wrap(bytes("readable"))).second)
        val altered = client.wrap(bytes("readable")).also { it[20] = (it[20].toInt() xor 1).toByte() }
        assertFailsWith<MessageAltered> { server.unwrap(altered) }
    }

    @Test
    fun `without integrity there is no protection`() {
        val flags = listOf(Flag.INTEGRITY, Flag.CONFIDENTIALITY, Flag.REPLAY_DETECT, Flag.SEQUENCE_DETECT)
        val (client, _) = without(flags)
        assertFailsWith<UnsupportedFunction> { client.wrap(bytes("x")) }
        assertFailsWith<UnsupportedFunction> { client.sign(bytes("x")) }
    }

    @Test
    fun `messages of a connectionless context are numbered by their sender`() {
        val client = initiate("NTLM", TARGET, Password(USER, PASSWORD), request = listOf(Flag.DATAGRAM))
        val server = accept("NTLM", Accounts(mapOf(USER to PASSWORD)), request = listOf(Flag.DATAGRAM))
        assertEquals(0, client.next()!!.size)
        server.step(client.step(server.speakFirst()))
        val (here, there) = client.context to server.context
        assertTrue(Flag.DATAGRAM in here.flags && Flag.DATAGRAM in there.flags)
        val (first, second) = here.wrap(bytes("one"), 1u) to here.wrap(bytes("two"), 2u)
        assertContentEquals(bytes("two"), there.unwrap(second, 2u))
        assertContentEquals(bytes("one"), there.unwrap(first, 1u))
        assertFailsWith<OutOfSequence> { there.unwrap(first, 3u) }
        there.verify(bytes("signed"), here.sign(bytes("signed"), 4u), 4u)
        assertFailsWith<UnsupportedFunction> { here.wrap(bytes("x")) }
        assertFailsWith<UnsupportedFunction> { there.unwrapWithQuality(first) }
        assertFailsWith<UnsupportedFunction> { pair().first.wrap(bytes("x"), 1u) }
    }

    @Test
    fun `a closed context answers InvalidHandle to everything, also when it is closed twice`() {
        val (client, server) = pair()
        val key = client.sessionKey
        repeat(2) { client.close() }
        val calls = listOf<() -> Any?>(
            { client.wrap(bytes("x")) },
            { client.wrap(ByteBuffer.allocate(1)) },
            { client.unwrap(bytes("x")) },
            { client.unwrapWithQuality(bytes("x")) },
            { client.unwrapWithQuality(ByteBuffer.allocate(1)) },
            { client.sign(bytes("x")) },
            { client.verify(bytes("x"), bytes("x")) },
            { client.client },
            { client.flags },
            { client.sessionKey },
            { client.packageInfo },
            { client.sizes },
            { client.expiry },
            { client.query(anysspi.Attribute.SIZES) },
            { runBlocking { client.wrapAsync(bytes("x")) } },
        )
        for (call in calls) assertFailsWith<InvalidHandle> { call() }
        assertEquals("Context(closed)", "$client")
        assertContentEquals(key, server.sessionKey)
    }

    @Test
    fun `calls from many threads are made or refused, and never corrupt`() {
        val (client, server) = pair()
        val message = ByteArray(1 shl 20) { it.toByte() }
        val made = java.util.concurrent.ConcurrentLinkedQueue<ByteArray>()
        val refused = java.util.concurrent.ConcurrentLinkedQueue<SspiException>()
        val workers = List(8) {
            thread {
                repeat(20) {
                    try {
                        made += client.wrap(message)
                    } catch (error: SspiException) {
                        refused += error
                    }
                }
            }
        }
        workers.forEach(Thread::join)
        assertEquals(160, made.size + refused.size)
        assertTrue(made.isNotEmpty())
        refused.forEach { assertEquals(OutOfSequence::class, it::class) }
        val inOrder = made.sortedBy { ByteBuffer.wrap(it).order(java.nio.ByteOrder.LITTLE_ENDIAN).getInt(12) }
        inOrder.forEach { assertContentEquals(message, server.unwrap(it)) }
    }

    @Test
    fun `closing during calls of other threads harms nobody`() {
        repeat(20) {
            val (client, _) = pair()
            val message = ByteArray(1 shl 18)
            val workers = List(4) {
                thread {
                    while (true) {
                        try {
                            client.wrap(message)
                        } catch (_: OutOfSequence) {
                            continue
                        } catch (_: InvalidHandle) {
                            break
                        }
                    }
                }
            }
            Thread.sleep(2)
            client.close()
            workers.forEach(Thread::join)
            assertFailsWith<InvalidHandle> { client.wrap(message) }
        }
    }
}
