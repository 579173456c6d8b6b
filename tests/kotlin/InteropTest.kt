package anysspi.tests

import anysspi.Accounts
import anysspi.Certificate
import anysspi.Context
import anysspi.Flag
import anysspi.Handshake
import anysspi.Identities
import anysspi.Password
import anysspi.SspiException
import anysspi.accept
import anysspi.initiate
import java.io.DataInputStream
import java.io.DataOutputStream
import java.net.InetAddress
import java.net.Socket
import java.util.Base64
import kotlin.test.assertContentEquals
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertIs
import kotlin.test.assertTrue
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.AfterAll
import org.junit.jupiter.api.Assumptions.assumeTrue
import org.junit.jupiter.api.BeforeAll
import org.junit.jupiter.api.DynamicTest
import org.junit.jupiter.api.DynamicTest.dynamicTest
import org.junit.jupiter.api.TestFactory

/**
 * A client of Kotlin against tests/python/acceptor.py, a server of Python in a process of its own; and CredSSP with
 * pyspnego's, both ways.
 */
class InteropTest {
    /** A connection that carries whole messages. */
    private class Frames : AutoCloseable {
        private val socket = Socket(InetAddress.getLoopbackAddress(), port).apply { soTimeout = 60_000 }
        private val input = DataInputStream(socket.getInputStream())
        private val output = DataOutputStream(socket.getOutputStream().buffered())

        fun send(message: ByteArray) {
            output.writeInt(message.size)
            output.write(message)
            output.flush()
        }

        fun receive(): ByteArray = ByteArray(input.readInt()).also(input::readFully)

        override fun close() = socket.close()
    }

    private fun talk(frames: Frames, context: Context) {
        assertContentEquals(bytes("welcome"), context.unwrap(frames.receive()))
        for (message in listOf(bytes("hello"), ByteArray(0), ByteArray(1 shl 20) { it.toByte() })) {
            frames.send(context.wrap(message))
            assertContentEquals(bytes("$USER says ") + message, context.unwrap(frames.receive()))
        }
    }

    private fun each(vararg packages: String, test: (String, Frames) -> Unit) =
        packages.map { packageName ->
            dynamicTest(packageName) {
                Frames().use { frames ->
                    frames.send(bytes(packageName))
                    test(packageName, frames)
                }
            }
        }

    @TestFactory
    fun `both ends agree, and messages go both ways`() = each("NTLM", "Negotiate", "CREDSSP") { packageName, frames ->
        val handshake = clientOf(packageName)
        for (token in handshake) {
            frames.send(token)
            if (!handshake.done) handshake.receive(frames.receive())
        }
        talk(frames, handshake.context)
    }

    @TestFactory
    fun `both ends agree with coroutines`() = each("NTLM", "Negotiate", "CREDSSP") { packageName, frames ->
        val handshake = clientOf(packageName)
        runBlocking {
            while (true) {
                frames.send(handshake.nextAsync() ?: break)
                if (!handshake.done) handshake.receive(frames.receive())
            }
        }
        talk(frames, handshake.context)
    }

    private fun refused(packageName: String, frames: Frames): Handshake {
        val handshake = clientOf(packageName, Password(USER, "wrong"))
        val offer = handshake.next()!!
        frames.send(offer)
        frames.send(handshake.step(frames.receive())!!)
        return handshake
    }

    @TestFactory
    fun `a wrong password lets nobody in`() = each("NTLM", "Negotiate") { packageName, frames ->
        val handshake = refused(packageName, frames)
        val answer = frames.receive()
        if (packageName == "Negotiate") {
            assertTrue(!handshake.done)
            assertTrue("rejected" in assertFailsWith<SspiException> { handshake.step(answer) }.context)
        } else {
            // NTLM has no word for it: the server says nothing more.
            assertEquals(0, answer.size)
        }
        assertFailsWith<java.io.EOFException> { frames.receive() }
    }

    /** pyspnego in a process of its own, with requests and answers in lines: tests/interop/pyspnego/peer.py. */
    private class Pyspnego(python: String) : AutoCloseable {
        private val process = ProcessBuilder(python, "tests/interop/pyspnego/peer.py")
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start()

        fun ask(what: String, members: String = ""): Any? {
            process.outputWriter().run {
                write("""{"do": "$what"$members}""" + "\n")
                flush()
            }
            val answer = Json.read(process.inputReader().readLine()) as Shared
            check("ok" in answer) { "pyspnego refuses: ${answer["error"]}: ${answer["message"]}" }
            return answer["ok"]
        }

        fun step(token: ByteArray?): ByteArray? {
            val given = token?.let { "\"${Base64.getEncoder().encodeToString(it)}\"" }
            val answer = ask("step", """, "token": $given""") as Shared
            return answer.text("token")?.let(Base64.getDecoder()::decode)
        }

        fun protect(what: String, data: ByteArray): ByteArray {
            val given = Base64.getEncoder().encodeToString(data)
            return Base64.getDecoder().decode(ask(what, """, "data": "$given"""") as String)
        }

        override fun close() {
            process.outputStream.close()
            assertEquals(0, process.waitFor())
        }
    }

    /** A test against pyspnego for each version of TLS; skipped loudly where it is missing and may be. */
    private fun withPyspnego(test: (Pyspnego, String) -> Unit): List<DynamicTest> =
        listOf("1.2", "1.3").map { tls ->
            dynamicTest("TLS $tls") {
                val python = System.getenv("ANYSSPI_PYSPNEGO_PYTHON")
                if (System.getenv("ANYSSPI_REQUIRE_PEERS") != null) checkNotNull(python) { "pyspnego is missing" }
                assumeTrue(python != null, "pyspnego is missing: run `cargo xtask test`, which gets it")
                Pyspnego(python).use { test(it, """, "protocol": "credssp", "flags": [], "tls": "$tls"""") }
            }
        }

    private fun exchange(peer: Pyspnego, context: Context) {
        val message = ByteArray(5_000) { it.toByte() }
        assertContentEquals(message, peer.protect("unwrap", context.wrap(message)))
        assertContentEquals(message, context.unwrap(peer.protect("wrap", message)))
    }

    @TestFactory
    fun `pyspnego's server gets the password we delegate`() = withPyspnego { peer, options ->
        peer.ask("server", """, "accounts": [["CORP", "alice", "$PASSWORD"]]$options""")
        val client = initiate("CREDSSP", DESK, Password(USER, PASSWORD), require = listOf(Flag.DELEGATE))
        for (token in client) {
            val answer = peer.step(token)
            if (!client.done) client.receive(answer ?: ByteArray(0))
        }
        val delegated = peer.ask("delegated") as Shared
        assertEquals(listOf("CORP", "alice", PASSWORD), listOf("domain", "user", "password").map(delegated::text))
        exchange(peer, client.context)
    }

    @TestFactory
    fun `we get the password that pyspnego's client delegates`() = withPyspnego { peer, options ->
        val certificate = Certificate.fromPem(bytes(peer.ask("certificate") as String))
        peer.ask("client", """, "user": "CORP\\alice", "password": "$PASSWORD"$options""")
        val server = accept("CREDSSP", Identities(Accounts(mapOf(USER to PASSWORD)), certificate))
        var token = peer.step(null)
        while (!server.done) {
            val answer = server.step(token!!) ?: ByteArray(0)
            if (!server.done) token = peer.step(answer)
        }
        val delegated = assertIs<Password>(server.context.delegated())
        assertEquals(USER to PASSWORD, delegated.run { name to password })
        exchange(peer, server.context)
    }

    companion object {
        private lateinit var server: Process
        private var port = 0

        @BeforeAll
        @JvmStatic
        fun start() {
            val python = checkNotNull(System.getenv("ANYSSPI_PYTHON")) { "ANYSSPI_PYTHON names no Python" }
            server = ProcessBuilder(python, "tests/python/acceptor.py")
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start()
            port = checkNotNull(server.inputReader().readLine()) { "the server did not start" }.toInt()
        }

        @AfterAll
        @JvmStatic
        fun end() {
            server.outputStream.close()
            assertEquals(0, server.waitFor())
        }
    }
}
