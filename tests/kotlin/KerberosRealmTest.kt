package anysspi.tests

import anysspi.InvalidParameter
import anysspi.KdcCarrier
import anysspi.NoAuthenticatingAuthority
import anysspi.Password
import anysspi.Realm
import java.io.DataInputStream
import java.io.DataOutputStream
import java.io.IOException
import java.net.InetAddress
import java.net.Socket
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertIs
import kotlin.test.assertNotNull
import kotlin.test.assertNull
import kotlin.test.assertTrue
import org.junit.jupiter.api.Test

/** The realm in a box itself: whom it trusts, and whom it answers. */
class KerberosRealmTest : KerberosStage() {
    @Test
    fun `realms that trust each other let each other's users in`() {
        val other = Realm("OTHER.TEST").apply { addService("HTTP/web.other.test") }
        realm.trust(other)
        val kdc = KdcCarrier { name, message -> (if (name == NAME) realm else other).carry(name, message) }
        val (_, server) = pair(
            client(Password(ALICE, PASSWORD), target = "HTTP/web.other.test", kdc = kdc),
            server(other.keytab("HTTP/web.other.test")),
        )
        val peer = assertNotNull(server.peer)
        assertEquals(listOf("alice", NAME), listOf(peer.user, peer.realm))
        // She is in the groups of her own realm, and in none of the other.
        assertTrue(peer.isMemberOf("${realm.domainSid}-513") && !peer.isMemberOf("${other.domainSid}-513"))
        assertTrue(!peer.isMemberOf(""))
        assertFailsWith<InvalidParameter> { realm.trust(Realm(NAME)) }
    }

    @Test
    fun `a realm that serves is asked over a socket`() {
        val serving = realm.serve()
        assertTrue(":${serving.port}" in serving.krb5Conf && NAME in serving.krb5Conf, serving.krb5Conf)
        val kdc = KdcCarrier { _, message ->
            Socket(InetAddress.getLoopbackAddress(), serving.port).use { socket ->
                socket.soTimeout = 30_000
                DataOutputStream(socket.getOutputStream()).apply { writeInt(message.size) }.write(message)
                DataInputStream(socket.getInputStream()).run { ByteArray(readInt()).also(::readFully) }
            }
        }
        val login = client(Password(ALICE, PASSWORD), kdc = kdc)
        assertEquals("$NAME\\alice", pair(login, server()).second.client)
        serving.close()
        val error = assertFailsWith<NoAuthenticatingAuthority> { client(Password(ALICE, PASSWORD), kdc = kdc).next() }
        assertIs<IOException>(error.cause)
    }
}
