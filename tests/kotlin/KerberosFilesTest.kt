package anysspi.tests

import anysspi.Credential
import anysspi.CredentialCache
import anysspi.CredentialException
import anysspi.Flag
import anysspi.Identities
import anysspi.Identity
import anysspi.Keytab
import anysspi.Password
import anysspi.SspiException
import anysspi.Usage
import java.nio.file.Files
import java.nio.file.Path
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertNotEquals
import kotlin.test.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir

/** Keytabs and credential caches: files, and their bytes. */
class KerberosFilesTest : KerberosStage() {
    @Test
    fun `files have the same keys and tickets`(@TempDir folder: Path) {
        val (cache, table) = folder.resolve("krb5cc") to folder.resolve("web.keytab")
        Files.write(cache, realm.tickets("alice", WEB).toBytes())
        Files.write(table, realm.keytab(WEB).toBytes())
        for (name in listOf("FILE:$cache", "$cache")) {
            val tickets = CredentialCache(name)
            assertEquals(ALICE, tickets.client)
            val (_, server) = pair(client(tickets), server(Keytab(table)))
            assertEquals("$NAME\\alice", server.client)
        }
        val (missing, nothing) = CredentialCache("FILE:$folder/none") to Keytab(folder.resolve("none"))
        for (call in listOf({ missing.client }, { missing.toBytes() }, { client(missing) }, { server(nothing) }, { nothing.toBytes() })) {
            val error = assertFailsWith<CredentialException> { call() }
            assertTrue("$folder/none" in error.message!!, error.message)
        }
        for (damaged in listOf(ByteArray(0), bytes("garbage"), byteArrayOf(5, 4, 0, 12))) {
            Files.write(cache, damaged)
            val error = assertFailsWith<SspiException> { client(CredentialCache("FILE:$cache")) }
            assertTrue("$cache" in error.message!!, error.message)
            assertFailsWith<SspiException> { client(CredentialCache(damaged)) }
            assertFailsWith<SspiException> { server(Keytab(damaged)) }
        }
    }

    @Test
    fun `keytabs of users are credentials of clients`() {
        val credential = Credential("Kerberos", realm.keytab("alice"), Usage.OUTBOUND)
        assertEquals(ALICE, credential.name)
        assertEquals("alice", pair(client(credential, kdc = realm), server()).second.clientUser)
        assertFailsWith<SspiException> { realm.keytab("nobody") }
        assertFailsWith<SspiException> { realm.tickets("nobody") }
        assertFailsWith<SspiException> { realm.tickets("alice", "HTTP/nowhere") }
    }

    @Test
    fun `nothing shows a secret`() {
        val secrets = realm.tickets("alice", WEB)
        val all: List<Any> = listOf(
            secrets,
            realm.keytab(WEB),
            Keytab(Path.of("/etc/krb5.keytab")),
            Identities(secrets, Password(ALICE, PASSWORD)),
            Credential("Kerberos", secrets),
            realm,
            client(Password(ALICE, PASSWORD), kdc = realm),
            pair(client(), server()).second.peer!!,
        )
        val raw = hex(secrets.toBytes())
        for (one in all) {
            val text = "$one"
            assertTrue(PASSWORD !in text && "[B@" !in text && "anysspi." !in text && raw.take(40) !in text, text)
        }
        val delegated = pair(client(kdc = realm, require = listOf(Flag.DELEGATE)), server()).second.delegated()
        for ((shown, identity) in listOf(
            "Keytab(in memory)" to realm.keytab(WEB),
            "Keytab(in memory)" to Keytab(realm.keytab(WEB).toBytes()),
            "Keytab(/etc/krb5.keytab)" to Keytab(Path.of("/etc/krb5.keytab")),
            "CredentialCache(in memory)" to secrets,
            "CredentialCache(in memory)" to CredentialCache(secrets.toBytes()),
            "CredentialCache(in memory)" to delegated,
            "CredentialCache(FILE:/tmp/x)" to CredentialCache("FILE:/tmp/x"),
        )) {
            assertEquals(shown, "$identity")
        }
        val kinds = listOf<Identity>(secrets, realm.keytab(WEB)).map { it.kind }
        assertEquals(listOf("credential cache", "keytab"), kinds)
        assertNotEquals(hex(realm.tickets("alice", WEB).toBytes()), raw)
    }
}
