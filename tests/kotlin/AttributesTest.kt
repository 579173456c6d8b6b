package anysspi.tests

import anysspi.Attribute
import anysspi.AttributeValue
import anysspi.BindingsChecked
import anysspi.Context
import anysspi.Flag
import anysspi.Side
import anysspi.Sizes
import anysspi.SspiException
import anysspi.UnsupportedFunction
import anysspi.packageInfo
import kotlin.test.assertContentEquals
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertIs
import kotlin.test.assertNull
import kotlin.test.assertTrue
import org.junit.jupiter.api.Test

/** What an established context answers. */
class AttributesTest {
    private val contexts = standing("password")
    private val both: List<Context> = contexts.toList()
    private val flags =
        setOf(Flag.REPLAY_DETECT, Flag.SEQUENCE_DETECT, Flag.CONFIDENTIALITY, Flag.CONNECTION, Flag.INTEGRITY)
    private val sizes = Sizes(maxToken = 16_384, maxSignature = 16, blockSize = 1, securityTrailer = 16)

    @Test
    fun `a context knows who is who`() {
        for (context in both) {
            assertEquals(listOf(USER, "alice", "CORP"), context.run { listOf(client, clientUser, clientDomain) })
            assertEquals(listOf("server.example.com", TARGET), listOf(context.server, context.target))
            assertTrue(!context.isAnonymous)
        }
        assertTrue(!contexts.second.workstation.isNullOrEmpty())
    }

    @Test
    fun `a context knows what it has`() {
        for (context in both) {
            assertEquals(flags, context.flags)
            assertEquals(sizes, context.sizes)
            assertEquals(BindingsChecked.NO, context.bindingsChecked)
            assertNull(context.expiry)
        }
    }

    @Test
    fun `a context gives copies of its key`() {
        for (context in both) {
            val key = context.sessionKey
            assertEquals(16, key.size)
            context.sessionKey.fill(0)
            assertContentEquals(key, context.sessionKey)
        }
    }

    @Test
    fun `a context is of its own package where nothing was negotiated`() {
        for (context in both) {
            assertEquals(packageInfo("NTLM"), context.packageInfo)
            assertEquals(context.packageInfo, context.negotiatedPackage)
            assertNull(context.negotiation)
        }
    }

    @Test
    fun `a negotiation says how it went`() {
        for (context in pair(clientOf("Negotiate"), serverOf("Negotiate")).toList()) {
            assertEquals(listOf("Negotiate", "NTLM"), listOf(context.packageInfo.name, context.negotiatedPackage.name))
            val negotiation = context.negotiation!!
            assertEquals(listOf("NTLM"), negotiation.offered)
            assertEquals("NTLM", negotiation.chosen)
            // A client without a realm, and a server without a keytab.
            val why = if (context.side == Side.INITIATOR) "SEC_E_NO_CREDENTIALS" else "SEC_E_NO_KERB_KEY"
            assertEquals(listOf("Kerberos" to why), negotiation.dropped.map { it.packageName to it.error.symbol })
            assertTrue(negotiation.listWasSigned)
            assertIs<AttributeValue.OfNegotiation>(context.query(Attribute.NEGOTIATION_INFO))
        }
    }

    @Test
    fun `the two ends are told apart`() {
        assertEquals(Side.INITIATOR to Side.ACCEPTOR, contexts.first.side to contexts.second.side)
        assertEquals("Context(NTLM, initiator, client CORP\\alice)", "${contexts.first}")
    }

    @Test
    fun `questions are answered with what they are about`() {
        val (client, server) = contexts
        assertEquals(AttributeValue.OfSizes(sizes), client.query(Attribute.SIZES))
        assertEquals(AttributeValue.Name(USER), server.query(Attribute.NAMES))
        assertEquals(AttributeValue.Name(TARGET), server.query(Attribute.TARGET))
        assertEquals(AttributeValue.NativeNames(USER, "server.example.com"), server.query(Attribute.NATIVE_NAMES))
        assertEquals(AttributeValue.OfFlags(flags), client.query(Attribute.FLAGS))
        assertEquals(AttributeValue.OfPackage(packageInfo("NTLM")), client.query(Attribute.PACKAGE_INFO))
        assertEquals(AttributeValue.Bytes(client.sessionKey), client.query(Attribute.SESSION_KEY))
        val lifespan = assertIs<AttributeValue.Lifespan>(client.query(Attribute.LIFESPAN))
        assertNull(lifespan.expiry)
        val now = (cases("handshake.json").single { it["name"] == "password" })["now"] as Long
        assertEquals(now, lifespan.start!!.epochSecond)
        val token = assertIs<AttributeValue.OfAccess>(server.query(Attribute.ACCESS_TOKEN)).token
        assertEquals(USER, token.user)
        assertEquals(listOf(false, false, null), listOf(token.isAnonymous, token.identifyOnly, token.expiry))
    }

    @Test
    fun `the algorithms are named`() {
        val key = assertIs<AttributeValue.OfKey>(contexts.first.query(Attribute.KEY_INFO)).key
        assertEquals(128, key.keySize)
        assertTrue("RC4" in key.encryptionAlgorithmName && "MD5" in key.signatureAlgorithmName, "$key")
    }

    @Test
    fun `what nobody can answer is unsupported, and a key is not shown`() {
        assertFailsWith<UnsupportedFunction> { contexts.first.query(Attribute(4711u)) }
        assertFailsWith<SspiException> { contexts.first.query(Attribute.ACCESS_TOKEN) }
        assertEquals("Bytes(16 bytes)", "${contexts.first.query(Attribute.SESSION_KEY)}")
    }
}
