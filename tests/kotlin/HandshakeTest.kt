package anysspi.tests

import anysspi.Account
import anysspi.Accounts
import anysspi.Certificate
import anysspi.Handshake
import anysspi.Identities
import anysspi.InternalError
import anysspi.InvalidHandle
import anysspi.InvalidToken
import anysspi.LogonDenied
import anysspi.OutOfSequence
import anysspi.Password
import anysspi.Side
import anysspi.SspiException
import anysspi.TrustedRoots
import anysspi.UntrustedRoot
import anysspi.accept
import anysspi.bridge.callsOfThisThread
import anysspi.initiate
import java.io.File
import java.util.concurrent.CountDownLatch
import java.util.concurrent.TimeUnit
import kotlin.concurrent.thread
import kotlin.test.assertContentEquals
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertNotSame
import kotlin.test.assertNull
import kotlin.test.assertSame
import kotlin.test.assertTrue
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.DynamicTest.dynamicTest
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.TestFactory

/** Handshakes: the shared cases, every way to run the loop, and calls out of turn. */
class HandshakeTest {
    @TestFactory
    fun `the shared cases pass`() = forCases("handshake.json") { shared -> runCase(shared) { it.run() } }

    @TestFactory
    fun `the shared cases pass with stepAsync`() =
        forCases("handshake.json") { shared -> runCase(shared) { runBlocking { it.runAsync() } } }

    /** A test for each package. */
    private fun each(test: (String) -> Unit) = listOf("NTLM", "Negotiate").map { dynamicTest(it) { test(it) } }

    @TestFactory
    fun `a loop gives the tokens to send`() = each { packageName ->
        val (client, server) = clientOf(packageName) to serverOf(packageName)
        for (token in client) {
            val answer = server.step(token)
            if (!client.done) client.receive(answer!!)
        }
        assertTrue(client.done && server.done)
        assertEquals(listOf(Side.INITIATOR, Side.ACCEPTOR), listOf(client.side, server.side))
        assertEquals(listOf(USER, TARGET), listOf(server.context.client, server.context.target))
        assertSame(server.context, server.context)
        assertContentEquals(client.context.sessionKey, server.context.sessionKey)
    }

    @TestFactory
    fun `nextAsync gives tokens, and null at the end`() = each { packageName ->
        runBlocking {
            val (client, server) = clientOf(packageName) to serverOf(packageName)
            while (true) {
                val token = client.nextAsync() ?: break
                server.receive(token)
                val answer = server.nextAsync()
                if (!client.done) client.receive(answer!!)
            }
            assertTrue(client.done && server.done)
            assertNull(server.nextAsync())
            assertContentEquals(client.context.sessionKey, server.context.sessionKey)
        }
    }

    @TestFactory
    fun `a side makes at most eight native calls`() = each { packageName ->
        val calls = mutableMapOf<Any, ULong>()
        fun <T> counted(side: Any, call: () -> T): T {
            val before = callsOfThisThread()
            return call().also { calls[side] = (calls[side] ?: 0uL) + callsOfThisThread() - before }
        }
        val client = counted("client") { clientOf(packageName) }
        val server = counted("server") { serverOf(packageName) }
        for (token in counted("client") { client.iterator() }.let { tokens ->
            generateSequence { counted("client") { if (tokens.hasNext()) tokens.next() else null } }
        }) {
            val answer = counted("server") { server.step(token) }
            if (!client.done) counted("client") { client.receive(answer!!) }
        }
        counted("client") { assertEquals(USER, client.context.client) }
        counted("server") { assertEquals(USER, server.context.client) }
        counted("client") { client.context.close() }
        counted("server") { server.context.close() }
        println("native calls, $packageName: $calls")
        assertTrue(calls.getValue("client") in 4uL..8uL && calls.getValue("server") in 4uL..8uL, "$calls")
    }

    @Test
    fun `a loop that was left goes on where it was`() {
        val (client, server) = clientOf() to serverOf()
        for (token in client) {
            server.receive(token)
            break
        }
        client.receive(server.next()!!)
        assertEquals(listOf(null), client.map { server.step(it) })
    }

    @Test
    fun `an iterator may be asked twice, and ends`() {
        val client = clientOf()
        val tokens = client.iterator()
        assertTrue(tokens.hasNext())
        assertTrue(tokens.hasNext())
        val server = serverOf()
        client.receive(server.step(tokens.next())!!)
        server.step(tokens.next())
        assertTrue(!tokens.hasNext())
        assertFailsWith<NoSuchElementException> { tokens.next() }
    }

    private fun outOfTurn(call: (Handshake, Handshake) -> Unit) {
        val error = assertFailsWith<OutOfSequence> { call(clientOf(), serverOf()) }
        assertTrue("out of turn" in error.context, error.message)
    }

    @Test
    fun `a call out of turn says so`() {
        outOfTurn { _, server -> server.next() }
        outOfTurn { _, server -> server.step() }
        outOfTurn { _, server -> server.iterator().hasNext() }
        outOfTurn { client, _ -> client.receive(bytes("x")) }
        outOfTurn { client, _ -> client.step(bytes("x")) }
        outOfTurn { client, _ -> repeat(2) { client.next() } }
        outOfTurn { client, _ -> client.context }
        outOfTurn { client, server ->
            server.receive(client.step()!!)
            server.receive(bytes("x"))
        }
        outOfTurn { _, server -> runBlocking { server.nextAsync() } }
    }

    @Test
    fun `a call out of turn does no harm`() {
        val (client, server) = clientOf() to serverOf()
        assertFailsWith<OutOfSequence> { server.next() }
        val offer = client.step()!!
        server.receive(offer)
        assertFailsWith<OutOfSequence> { server.receive(offer) }
        assertFailsWith<OutOfSequence> { client.next() }
        assertNull(server.step(client.step(server.next())))
        assertTrue(server.done)
    }

    @Test
    fun `a handshake at its end has nothing more to say`() {
        val (client, server) = clientOf() to serverOf()
        Exchange(client, server).run()
        assertNull(client.step())
        assertNull(runBlocking { client.stepAsync() })
        assertEquals(0, client.count())
        for (call in listOf<(Handshake) -> Unit>({ it.receive(bytes("x")) }, { it.step(bytes("x")) })) {
            val error = assertFailsWith<OutOfSequence> { call(client) }
            assertTrue("at its end" in error.context)
        }
        assertEquals(30, client.context.wrap(bytes("still standing")).size)
        assertEquals(listOf(0, 0), listOf(client.extra.size, server.extra.size))
    }

    @Test
    fun `a failed handshake stays failed with the same error`() {
        val server = serverOf()
        val calls = listOf<() -> Any?>(
            { server.step(bytes("nonsense")) },
            { server.next() },
            { server.receive(bytes("more")) },
            { server.context },
            { server.toList() },
            { runBlocking { server.stepAsync() } },
        )
        val errors = calls.map { call -> assertFailsWith<InvalidToken> { call() } }
        assertEquals(1, errors.map { it.message }.toSet().size)
        errors.drop(1).forEach { assertNotSame(errors.first(), it) }
        assertTrue(!server.done)
    }

    @Test
    fun `a wrong password and an unknown user look the same`() {
        fun refused(user: String, password: String) =
            assertFailsWith<LogonDenied> { pair(clientOf(credential = Password(user, password))) }
        assertEquals(refused(USER, "wrong").message, refused("CORP\\mallory", PASSWORD).message)
    }

    @Test
    fun `a closed handshake answers with InvalidHandle, also when it is closed twice`() {
        val (client, server) = clientOf() to serverOf()
        val offer = client.step()!!
        repeat(2) { server.close() }
        val calls = listOf<() -> Any?>(
            { server.receive(offer) },
            { server.step(offer) },
            { server.step() },
            { server.next() },
            { server.iterator().hasNext() },
            { server.context },
            { runBlocking { server.nextAsync() } },
        )
        for (call in calls) assertTrue("closed" in assertFailsWith<InvalidHandle> { call() }.context)
        assertTrue(!server.done)
        server.close()
        clientOf().use { assertTrue(it.next()!!.isNotEmpty()) }
    }

    @Test
    fun `a context that was taken outlives its handshake`() {
        val (client, server) = clientOf() to serverOf()
        Exchange(client, server).run()
        val context = server.context
        server.close()
        assertFailsWith<InvalidHandle> { server.context }
        assertContentEquals(bytes("x"), context.unwrap(client.context.wrap(bytes("x"))))
        val (other, unused) = clientOf() to serverOf()
        other.receiveAll(unused)
        unused.close()
        assertFailsWith<InvalidHandle> { unused.context }
    }

    private fun Handshake.receiveAll(server: Handshake) {
        for (token in this) server.step(token)?.let { if (!done) receive(it) }
    }

    @Test
    fun `a token may be changed once it was handed over`() {
        val (client, server) = clientOf() to serverOf()
        val token = client.step()!!
        server.receive(token)
        token.fill(0)
        assertNull(server.step(client.step(server.next())))
    }

    @Test
    fun `empty tokens and tokens of 16 MiB are errors, and nothing else`() {
        for (packageName in listOf("NTLM", "Negotiate")) {
            for (token in listOf(ByteArray(0), ByteArray(16 shl 20), ByteArray(16 shl 20) { 0x60 })) {
                val server = serverOf(packageName)
                if (packageName == "Negotiate" && token.isEmpty()) {
                    // A server of Negotiate answers with what it has to offer.
                    assertTrue(server.step(token)!!.isNotEmpty())
                } else {
                    assertFailsWith<SspiException> { server.step(token) }
                }
                val client = clientOf(packageName)
                client.step()
                assertFailsWith<SspiException> { client.step(token) }
                assertFailsWith<SspiException> { client.next() }
            }
        }
        pair()
    }

    @Test
    fun `a null of Java's is refused before anything is done`() {
        val server = serverOf()
        val receive = Handshake::class.java.getMethod("receive", ByteArray::class.java)
        val refused = assertFailsWith<java.lang.reflect.InvocationTargetException> { receive.invoke(server, null) }
        assertTrue(refused.targetException is NullPointerException)
        pair(server = server)
    }

    /** A server whose look-up waits until it may leave. */
    private class Blocked(account: Account? = Account(USER, PASSWORD)) {
        private val entered = CountDownLatch(1)
        private val mayLeave = CountDownLatch(1)
        val server: Handshake
        private var result: Result<ByteArray?>? = null
        private val worker: Thread

        init {
            val (server, proof) = pendingServer { _, _, _ ->
                entered.countDown()
                mayLeave.await()
                account
            }
            this.server = server
            worker = thread { result = runCatching { server.step(proof) } }
            check(entered.await(30, TimeUnit.SECONDS))
        }

        fun leave(): ByteArray? {
            mayLeave.countDown()
            worker.join()
            return result!!.getOrThrow()
        }
    }

    @Test
    fun `a second call while one is under way is refused and does no harm`() {
        val blocked = Blocked()
        val server = blocked.server
        val calls = listOf<() -> Any?>(
            { server.step() },
            { server.next() },
            { server.receive(bytes("x")) },
            { server.context },
            { runBlocking { server.stepAsync() } },
        )
        for (call in calls) assertTrue("another call" in assertFailsWith<OutOfSequence> { call() }.context)
        assertTrue(!server.done && "busy" in "$server")
        pair()
        assertNull(blocked.leave())
        assertEquals(USER, server.context.client)
    }

    @Test
    fun `closing during a call lets it finish, and nothing after it`() {
        val blocked = Blocked()
        repeat(2) { blocked.server.close() }
        assertNull(blocked.leave())
        assertTrue(!blocked.server.done)
        assertFailsWith<InvalidHandle> { blocked.server.context }
        assertFailsWith<InvalidHandle> { blocked.server.next() }
    }

    @Test
    fun `a coroutine that is cancelled interrupts the look-up, and ends the handshake`() = runBlocking {
        val entered = CompletableDeferred<Unit>()
        val (server, proof) = pendingServer { _, _, _ ->
            entered.complete(Unit)
            CountDownLatch(1).await()
            null
        }
        val login = async(Dispatchers.Default) { server.stepAsync(proof) }
        entered.await()
        login.cancelAndJoin()
        assertTrue(login.isCancelled)
        val error = assertFailsWith<InternalError> { server.next() }
        assertTrue(error.cause is InterruptedException)
    }

    @Test
    fun `a look-up cannot use its own handshake, and may run others`() {
        var server: Handshake? = null
        var refused: SspiException? = null
        val (made, proof) = pendingServer { _, _, _ ->
            refused = assertFailsWith<OutOfSequence> { server!!.next() }
            assertContentEquals(bytes("inner"), pair().let { (client, other) -> other.unwrap(client.wrap(bytes("inner"))) })
            Account(USER, PASSWORD)
        }
        server = made
        assertNull(made.step(proof))
        assertTrue("another call" in refused!!.context)
    }

    @Test
    fun `handshakes of many threads do not disturb each other`() = runBlocking {
        val credential = anysspi.Credential("NTLM", Password(USER, PASSWORD))
        val accounts = anysspi.Credential("NTLM", Accounts(mapOf(USER to PASSWORD)))
        val keys = List(64) {
            async(Dispatchers.Default) {
                val (_, server) = Exchange(clientOf(credential = credential), serverOf(credential = accounts)).runAsync()
                hex(server.sessionKey)
            }
        }.awaitAll()
        assertEquals(64, keys.toSet().size)
    }

    @Test
    fun `peers with certificates know each other, and nobody else`() {
        fun pem(name: String) = File("tests/vectors/pku2u/$name.pem").readBytes()
        fun ends(trusted: String) = Exchange(
            initiate(
                "PKU2U",
                target = "HTTP/server",
                credential = Identities(Certificate.fromPem(pem("alice")), TrustedRoots.fromPem(pem("server"))),
            ),
            accept(
                "PKU2U",
                credential = Identities(Certificate.fromPem(pem("server")), TrustedRoots.fromPem(pem(trusted))),
            ),
        )
        val (client, server) = ends("alice").run()
        assertEquals("alice\\alice", server.client)
        assertContentEquals(bytes("hello"), server.unwrap(client.wrap(bytes("hello"))))
        assertFailsWith<UntrustedRoot> { ends("server").run() }
    }

    @Test
    fun `a handshake says where it is`() {
        val (client, server) = clientOf() to serverOf()
        assertEquals("Handshake(NTLM, initiator, running)", "$client")
        Exchange(client, server).run()
        assertEquals("Handshake(NTLM, acceptor, done)", "$server")
        server.close()
        assertEquals("Handshake(NTLM, acceptor, closed)", "$server")
    }
}
