package anysspi.tests

import anysspi.Accounts
import anysspi.Credential
import anysspi.Handshake
import anysspi.Identities
import anysspi.InvalidToken
import anysspi.KdcCarrier
import anysspi.LogonDenied
import anysspi.NoAuthenticatingAuthority
import anysspi.NoCredentials
import anysspi.OutOfSequence
import anysspi.Password
import anysspi.SspiException
import anysspi.TargetUnknown
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
        var asked = 0
        val kdc = KdcCarrier { name, message ->
            asked++
            realm.carry(name, message)
        }
        Credential("Kerberos", Password(ALICE, PASSWORD)).use { credential ->
            repeat(3) { assertEquals("alice", pair(client(credential, kdc = kdc), server()).second.clientUser) }
            assertEquals(ALICE, credential.name)
        }
        assertEquals(3, asked)
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
}
