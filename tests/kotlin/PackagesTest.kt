package anysspi.tests

import anysspi.Capability
import anysspi.Handshake
import anysspi.InternalError
import anysspi.SecpkgNotFound
import anysspi.TimeSkew
import anysspi.accept
import anysspi.bridge.HandshakeOptions
import anysspi.bridge.panicInTheLibrary
import anysspi.calling
import anysspi.initiate
import anysspi.packageInfo
import anysspi.packages
import anysspi.version
import java.io.File
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertTrue
import org.junit.jupiter.api.Test

/** What there is: packages, and what becomes of those that fail. */
class PackagesTest {
    @Test
    fun `the packages say what is true of them`() {
        val (negotiate, ntlm) = packages()
        assertEquals(listOf("Negotiate", 1, 9, 53_248), negotiate.run { listOf(name, version, rpcId, maxToken) })
        assertEquals(listOf("NTLM", 1, 10, 16_384), ntlm.run { listOf(name, version, rpcId, maxToken) })
        assertTrue("NTLM" in ntlm.comment)
        assertTrue(Capability.NEGOTIABLE in ntlm.capabilities)
        assertTrue(Capability.NEGOTIABLE !in negotiate.capabilities)
    }

    @Test
    fun `a package is found in any case`() {
        for (name in listOf("NTLM", "ntlm", "nTlM")) assertEquals(packages()[1], packageInfo(name))
    }

    @Test
    fun `a package that is not there is named beside those that are`() {
        for (call in listOf<(String) -> Any>(::packageInfo, { initiate(it) }, { accept(it) })) {
            val error = assertFailsWith<SecpkgNotFound> { call("Kerberos5") }
            assertTrue(Regex("Kerberos5.*Negotiate, NTLM") in error.message!!, error.message)
        }
    }

    @Test
    fun `a package that fails says its own status`() {
        val around = surroundings(0, 0, "host", 0x80090324u)
        val options = HandshakeOptions(
            "Failing", true, null, emptyList(), null, emptyList(), 0u, 0u, 0u, 0u, null, null, null, 0u, null, emptyList(),
        )
        val server = Handshake.start(options, around::start)
        assertFailsWith<TimeSkew> { server.step(bytes("x")) }
        assertFailsWith<TimeSkew> { server.next() }
    }

    @Test
    fun `a panic becomes an InternalError, and the process lives on`() {
        val error = assertFailsWith<InternalError> { calling { panicInTheLibrary() } }
        assertTrue("please report it" in error.context)
        pair()
    }

    @Test
    fun `the version is that of the workspace`() {
        assertTrue(File("Cargo.toml").readLines().contains("version = \"${version()}\""))
    }
}
