package anysspi.tests

import anysspi.Credential
import anysspi.CredentialCache
import anysspi.CredentialException
import anysspi.Flag
import anysspi.Identities
import anysspi.Identity
import anysspi.InvalidParameter
import anysspi.InvalidToken
import anysspi.Keytab
import anysspi.NoCredentials
import anysspi.Password
import anysspi.SspiException
import anysspi.Usage
import java.nio.file.Files
import java.nio.file.Path
import kotlin.test.assertContentEquals
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertIs
import kotlin.test.assertNotEquals
import kotlin.test.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.TestFactory
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

    @TestFactory
    fun `the shared cases of KRB-CRED pass`() = forCases("krb_cred.json") { shared ->
        val key = (shared["key"] as Shared?)?.let { it.text("encryption_type")!! to unhex(it.text("bytes")!!) }
        val (data, plain) = unhex(shared.text("krb_cred")!!) to shared.text("plain")
        try {
            val cache = CredentialCache.fromKrbCred(data, key)
            assertEquals(shared.text("client") to plain, cache.client to hex(cache.toKrbCred()))
            // What it holds is a cache like any other.
            assertEquals(plain, hex(CredentialCache(cache.toBytes()).toKrbCred()))
        } catch (error: SspiException) {
            assertEquals(shared.text("status"), error.symbol, error.message)
        }
    }

    @Test
    fun `tickets in a KRB-CRED are tickets`(@TempDir folder: Path) {
        val tickets = realm.tickets("alice", WEB)
        val data = tickets.toKrbCred()
        val cache = CredentialCache.fromKrbCred(data)
        assertEquals(ALICE, cache.client)
        assertContentEquals(data, cache.toKrbCred())
        assertEquals("CredentialCache(in memory)", "$cache")
        assertEquals("alice", pair(client(cache), server()).second.clientUser)
        val file = Files.write(folder.resolve("krb5cc"), tickets.toBytes())
        assertContentEquals(data, CredentialCache("FILE:$file").toKrbCred())
        for (length in data.indices) assertFailsWith<InvalidToken> { CredentialCache.fromKrbCred(data.copyOf(length)) }
        val missing = assertFailsWith<NoCredentials> { CredentialCache("FILE:$folder/none").toKrbCred() }
        assertTrue("$folder/none" in missing.message!!, missing.message)
        assertFailsWith<InvalidParameter> { CredentialCache(bytes("garbage")).toKrbCred() }
        val secret = ByteArray(32) { 0x5a }
        val error = assertFailsWith<InvalidToken> { CredentialCache.fromKrbCred(data, AES256 to secret) }
        assertTrue("5a5a" !in error.message!!.lowercase(), error.message)
        assertContentEquals(ByteArray(32) { 0x5a }, secret)
    }

    @Test
    fun `delegated tickets are written out and act`(@TempDir folder: Path) {
        for (packageName in listOf("Kerberos", "Negotiate")) {
            val delegating = client(packageName = packageName, kdc = realm, require = listOf(Flag.DELEGATE))
            val (_, first) = pair(delegating, server(packageName = packageName))
            val delegated = assertIs<CredentialCache>(first.delegated())
            val file = Files.write(folder.resolve(packageName), delegated.toBytes())
            for (tickets in listOf(
                delegated,
                CredentialCache("FILE:$file"),
                CredentialCache(delegated.toBytes()),
                CredentialCache.fromKrbCred(delegated.toKrbCred()),
            )) {
                assertEquals(ALICE, tickets.client)
                val onwards = client(tickets, packageName, target = OTHER, kdc = realm)
                assertEquals("$NAME\\alice", pair(onwards, server(realm.keytab(OTHER), packageName)).second.client)
            }
        }
    }
}
