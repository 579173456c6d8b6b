package anysspi.tests

import anysspi.Accounts
import anysspi.AscReq
import anysspi.Attribute
import anysspi.AttributeValue
import anysspi.BufferKind
import anysspi.BufferTooSmall
import anysspi.Credential
import anysspi.CredentialCache
import anysspi.CredentialSource
import anysspi.Handshake
import anysspi.Identities
import anysspi.InvalidToken
import anysspi.IscReq
import anysspi.KdcCarrier
import anysspi.LogonDenied
import anysspi.NoAuthenticatingAuthority
import anysspi.NoCredentials
import anysspi.OutOfSequence
import anysspi.Password
import anysspi.Raw
import anysspi.Raw.Buffer
import anysspi.Raw.SecurityContext
import anysspi.SspiException
import anysspi.Status
import anysspi.TargetUnknown
import anysspi.Usage
import java.io.IOException
import java.util.concurrent.CountDownLatch
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertIs
import kotlin.test.assertNull
import kotlin.test.assertSame
import kotlin.test.assertTrue
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Test

/** Who carries questions to KDCs, and what becomes of what a KDC says. */
class KerberosKdcTest : KerberosStage() {
    @Test
    fun `a carrier that throws ends Kerberos, and is the cause`() {
        for (thrown in listOf(IOException("the network is down"), AssertionError("even this"))) {
            val kdc = KdcCarrier { _, _ -> throw thrown }
            val handshake = client(Password(ALICE, PASSWORD), kdc = kdc)
            repeat(2) { assertSame(thrown, assertFailsWith<NoAuthenticatingAuthority> { handshake.next() }.cause) }
            val later = client(Password(ALICE, PASSWORD), kdc = kdc)
            val error = assertFailsWith<NoAuthenticatingAuthority> { runBlocking { later.nextAsync() } }
            assertSame(thrown, error.cause)
        }
    }

    @Test
    fun `a carrier that throws has Negotiate go on with NTLM`() {
        var asked = 0
        val kdc = KdcCarrier { _, _ ->
            asked++
            throw IOException("the network is down")
        }
        val accounts = Accounts(mapOf(ALICE to PASSWORD))
        val server = server(Identities(realm.keytab(WEB), accounts), "Negotiate")
        val (here, there) = pair(client(Password(ALICE, PASSWORD), "Negotiate", kdc = kdc), server)
        assertEquals(1, asked)
        assertEquals(listOf("NTLM", "NTLM"), listOf(here, there).map { it.negotiation!!.chosen })
        assertNull(there.peer)
    }

    @Test
    fun `a coroutine that is cancelled interrupts the carrier, and ends the handshake`() = runBlocking {
        val entered = CompletableDeferred<Unit>()
        val handshake = client(Password(ALICE, PASSWORD), kdc = { _, _ ->
            entered.complete(Unit)
            CountDownLatch(1).await()
            ByteArray(0)
        })
        val login = async(Dispatchers.Default) { handshake.nextAsync() }
        entered.await()
        login.cancelAndJoin()
        assertTrue(login.isCancelled)
        assertIs<InterruptedException>(assertFailsWith<NoAuthenticatingAuthority> { handshake.next() }.cause)
        Unit
    }

    @Test
    fun `a carrier cannot use its own handshake, and may run others`() {
        var own: Handshake? = null
        var refused: SspiException? = null
        own = client(Password(ALICE, PASSWORD), kdc = { name, message ->
            refused = assertFailsWith<OutOfSequence> { own!!.next() }
            assertEquals("alice", pair(client(), server()).second.clientUser)
            realm.carry(name, message)
        })
        assertEquals("alice", pair(own, server()).second.clientUser)
        assertTrue("another call" in refused!!.context)
    }

    @Test
    fun `what a carrier brings is judged, and is told whom to ask`() {
        val asked = mutableListOf<String>()
        val kdc = KdcCarrier { name, message ->
            asked += name
            assertTrue(message.isNotEmpty())
            realm.answer(message)
        }
        pair(client(Password(ALICE, PASSWORD), kdc = kdc), server())
        assertEquals(List(3) { NAME }, asked)
        for (nonsense in listOf(ByteArray(0), bytes("what is this?"), ByteArray(1000))) {
            assertFailsWith<InvalidToken> {
                client(Password(ALICE, PASSWORD), kdc = { _, _ -> nonsense }).next()
            }
        }
        val far = client(Password("alice@FAR.TEST", PASSWORD), kdc = realm)
        val error = assertFailsWith<NoAuthenticatingAuthority> { far.next() }
        assertIs<NoAuthenticatingAuthority>(error.cause)
        assertTrue("FAR.TEST" in error.cause!!.message!!)
    }

    @Test
    fun `credentials that are shared ask for a ticket once`() {
        val kdc = Counting()
        Credential("Kerberos", Password(ALICE, PASSWORD)).use { credential ->
            repeat(3) { assertEquals("alice", pair(client(credential, kdc = kdc), server()).second.clientUser) }
            assertEquals(ALICE, credential.name)
        }
        assertEquals(3, kdc.asked)
    }

    @Test
    fun `a KDC that refuses is heard`() {
        val wrong = client(Password(ALICE, "n0t-right"), kdc = realm)
        assertEquals(24, assertFailsWith<LogonDenied> { wrong.next() }.kerberosCode)
        val unknown = client(Password("nobody@$NAME", PASSWORD), kdc = realm)
        assertEquals(6, assertFailsWith<LogonDenied> { unknown.next() }.kerberosCode)
        val nowhere = client(realm.tickets("alice"), target = "HTTP/nowhere.example.test", kdc = realm)
        assertEquals(7, assertFailsWith<TargetUnknown> { nowhere.next() }.kerberosCode)
        assertFailsWith<NoAuthenticatingAuthority> { client(realm.tickets("alice")).next() }
        assertFailsWith<NoCredentials> { client(Password("alice", PASSWORD), kdc = realm) }
    }

    // Call by call.

    private fun outbound(
        identity: CredentialSource = Password(ALICE, PASSWORD),
        packageName: String = "Kerberos",
    ) = Raw.acquireCredentialsHandle(null, packageName, Usage.OUTBOUND, identity).first

    private fun rawAccept(credential: Credential?, context: SecurityContext, received: ByteArray): Pair<Status, ByteArray> {
        val (input, output) = Buffer(BufferKind.TOKEN, received) to Buffer(BufferKind.TOKEN)
        val flags = AscReq.ALLOCATE_MEMORY
        val outcome = Raw.acceptSecurityContext(credential, context, flags, listOf(input), listOf(output))
        return outcome.status to output.toByteArray()
    }

    /** Carries questions to the realm, and remembers how many. */
    private inner class Counting : KdcCarrier {
        var asked = 0

        override fun carry(realm: String, message: ByteArray): ByteArray {
            asked++
            return this@KerberosKdcTest.realm.carry(realm, message)
        }
    }

    @Test
    fun `a password logs on call by call`() {
        for (packageName in listOf("Kerberos", "Negotiate")) {
            val kdc = Counting()
            val ours = outbound(packageName = packageName)
            val theirs = Raw.acquireCredentialsHandle(null, packageName, Usage.INBOUND, realm.keytab(WEB)).first
            repeat(2) {
                val (one, other) = SecurityContext(kdc = kdc) to SecurityContext()
                val (first, token) = rawLeg(ours, one)
                assertEquals(Status.SEC_I_CONTINUE_NEEDED, first)
                // The tickets stay with the credential: the second logon asks nobody.
                assertEquals(3, kdc.asked)
                val (accepted, answer) = rawAccept(theirs, other, token)
                assertEquals(Status.SEC_E_OK, accepted)
                assertEquals(Status.SEC_E_OK, rawLeg(null, one, answer).first)
                val name = assertIs<AttributeValue.Name>(Raw.queryContextAttributes(other, Attribute.NAMES))
                assertEquals("$NAME\\alice", name.name)
                assertTrue(one.isEstablished && other.isEstablished)
            }
        }
    }

    @Test
    fun `a buffer that is too small asks nobody twice`() {
        val kdc = Counting()
        val (ours, one) = outbound() to SecurityContext(kdc = kdc)
        fun call(output: Buffer) = Raw.initializeSecurityContext(ours, one, WEB, FLAGS, emptyList(), listOf(output))
        val short = Buffer(BufferKind.TOKEN, ByteArray(8))
        assertFailsWith<BufferTooSmall> { call(short) }
        val enough = Buffer(BufferKind.TOKEN, ByteArray(short.length))
        call(enough)
        assertEquals(3, kdc.asked)
        assertTrue(server().step(enough.toByteArray())!!.isNotEmpty())
    }

    @Test
    fun `a carrier that throws ends the context, and is the cause`() {
        for (thrown in listOf(IOException("the network is down"), AssertionError("even this"))) {
            val one = SecurityContext(kdc = { _, _ -> throw thrown })
            repeat(2) { assertSame(thrown, assertFailsWith<NoAuthenticatingAuthority> { rawLeg(outbound(), one) }.cause) }
            assertTrue(!one.isEstablished)
            assertFailsWith<NoAuthenticatingAuthority> { Raw.queryContextAttributes(one, Attribute.SIZES) }
            // Negotiate goes on without Kerberos.
            val (_, token) = rawLeg(outbound(packageName = "Negotiate"), SecurityContext(kdc = { _, _ -> throw thrown }))
            assertTrue("NTLMSSP" in token.toString(Charsets.ISO_8859_1))
        }
    }

    @Test
    fun `nobody is asked call by call without a carrier`() {
        for (context in listOf(SecurityContext(), SecurityContext(kdc = null))) {
            val error = assertFailsWith<NoAuthenticatingAuthority> { rawLeg(outbound(), context) }
            assertTrue("nobody to carry" in error.context, error.context)
        }
        assertEquals(Status.SEC_I_CONTINUE_NEEDED, rawLeg(outbound(realm.tickets("alice", WEB)), SecurityContext()).first)
    }

    @Test
    fun `what a KDC says is heard call by call`() {
        val wrong = outbound(Password(ALICE, "n0t-right"))
        assertEquals(24, assertFailsWith<LogonDenied> { rawLeg(wrong, SecurityContext(kdc = realm)) }.kerberosCode)
        for (nonsense in listOf(ByteArray(0), bytes("what is this?"), ByteArray(1000))) {
            assertFailsWith<InvalidToken> { rawLeg(outbound(), SecurityContext(kdc = { _, _ -> nonsense })) }
        }
    }

    @Test
    fun `a carrier may use other contexts, and not its own`() {
        var own: SecurityContext? = null
        var refused = 0
        own = SecurityContext(kdc = { name, message ->
            for (call in listOf({ rawLeg(null, own!!) }, { Raw.deleteSecurityContext(own!!) })) {
                assertFailsWith<OutOfSequence> { call() }
                refused++
            }
            val nested = rawLeg(outbound(), SecurityContext(kdc = realm))
            assertEquals(Status.SEC_I_CONTINUE_NEEDED, nested.first)
            realm.carry(name, message)
        })
        assertEquals(Status.SEC_I_CONTINUE_NEEDED, rawLeg(outbound(), own).first)
        assertEquals(6, refused)
    }

    @Test
    fun `tickets are delegated call by call`() {
        val theirs = Raw.acquireCredentialsHandle(null, "Kerberos", Usage.INBOUND, realm.keytab(WEB)).first
        val (one, other) = SecurityContext(kdc = realm) to SecurityContext()
        val (_, token) = rawLeg(outbound(realm.tickets("alice", WEB)), one, more = IscReq.DELEGATE)
        rawAccept(theirs, other, token)
        val answer = assertIs<AttributeValue.OfDelegated>(Raw.queryContextAttributes(other, Attribute.CREDS))
        val delegated = assertIs<CredentialCache>(answer.delegated)
        assertEquals(ALICE, CredentialCache.fromKrbCred(delegated.toKrbCred()).client)
        val (_, next) = rawLeg(outbound(delegated), SecurityContext(kdc = realm), target = OTHER)
        assertTrue(server(realm.keytab(OTHER)).step(next)!!.isNotEmpty())
        assertFailsWith<NoCredentials> { Raw.queryContextAttributes(other, Attribute.CREDS) }
    }
}
