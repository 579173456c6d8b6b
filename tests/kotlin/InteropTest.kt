package anysspi.tests

import anysspi.Context
import anysspi.Handshake
import anysspi.Password
import anysspi.SspiException
import java.io.DataInputStream
import java.io.DataOutputStream
import java.net.InetAddress
import java.net.Socket
import kotlin.test.assertContentEquals
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertTrue
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.AfterAll
import org.junit.jupiter.api.BeforeAll
import org.junit.jupiter.api.DynamicTest.dynamicTest
import org.junit.jupiter.api.TestFactory

/** A client of Kotlin against tests/python/acceptor.py, a server of Python in a process of its own. */
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

    private fun each(test: (String, Frames) -> Unit) =
        listOf("NTLM", "Negotiate").map { packageName ->
            dynamicTest(packageName) {
                Frames().use { frames ->
                    frames.send(bytes(packageName))
                    test(packageName, frames)
                }
            }
        }

    @TestFactory
    fun `both ends agree, and messages go both ways`() = each { packageName, frames ->
        val handshake = clientOf(packageName)
        for (token in handshake) {
            frames.send(token)
            if (!handshake.done) handshake.receive(frames.receive())
        }
        talk(frames, handshake.context)
    }

    @TestFactory
    fun `both ends agree with coroutines`() = each { packageName, frames ->
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
    fun `a wrong password lets nobody in`() = each { packageName, frames ->
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
