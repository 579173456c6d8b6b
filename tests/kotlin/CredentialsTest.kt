package anysspi.tests

import anysspi.Accounts
import anysspi.Account
import anysspi.Allow
import anysspi.Anonymous
import anysspi.BadBindings
import anysspi.BindingPolicy
import anysspi.BindingsChecked
import anysspi.ChannelBindings
import anysspi.Credential
import anysspi.Flag
import anysspi.Identities
import anysspi.InvalidHandle
import anysspi.InvalidParameter
import anysspi.LogonDenied
import anysspi.NoCredentials
import anysspi.NtHash
import anysspi.Password
import anysspi.SspiException
import anysspi.Usage
import anysspi.WrongPrincipal
import anysspi.accept
import anysspi.initiate
import java.security.MessageDigest
import kotlin.test.assertContentEquals
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertNotEquals
import kotlin.test.assertTrue
import org.junit.jupiter.api.Test

/** Credentials and channel bindings: what they are made from, and what they never show. */
class CredentialsTest {
    private val secret = "correct-horse-battery"
    private val hash = unhex("a4f49c406510bdcab6824ee7c30fd852")

    @Test
    fun `secrets are not shown`() {
        val things = listOf(
            Password(USER, secret),
            NtHash(USER, hash),
            Accounts(mapOf(USER to secret)),
            Account(USER, secret),
            Account(USER, ntHash = hash),
            Identities(Password(USER, secret), NtHash(USER, hash)),
            Credential("NTLM", Password(USER, secret)),
            Credential("Negotiate", Accounts(mapOf(USER to secret))),
            ChannelBindings(bytes("tls-unique:$secret")),
        )
        for (thing in things) {
            val shown = "$thing"
            assertTrue(secret !in shown && hex(hash) !in shown && "[B@" !in shown, shown)
        }
        assertEquals("password of CORP\\alice", "${things.first()}")
        val (client, server) = clientOf() to serverOf()
        val (context, _) = Exchange(client, server).run()
        for (thing in listOf(client, server, context)) {
            assertTrue(PASSWORD !in "$thing" && hex(context.sessionKey) !in "$thing")
        }
    }

    @Test
    fun `an NT hash is as good as the password`() {
        val server = { serverOf(credential = Accounts(mapOf(USER to "Password"))) }
        assertEquals(USER, pair(clientOf(credential = NtHash("alice", hash, domain = "CORP")), server()).second.client)
        val stored = Accounts(listOf(Account(USER, ntHash = hash)))
        assertEquals(USER, pair(clientOf(credential = Password(USER, "Password")), serverOf(credential = stored)).second.client)
        val error = assertFailsWith<InvalidParameter> { NtHash("alice", hash.copyOf(15)) }
        assertTrue("16 bytes, not 15" in error.context)
    }

    @Test
    fun `credentials are shared by handshakes`() {
        for (name in listOf("NTLM", "Negotiate")) {
            val client = Credential(name, Password(USER, PASSWORD))
            val server = Credential(name, Accounts(mapOf(USER to PASSWORD)))
            val keys = List(20) { hex(pair(clientOf(name, client), serverOf(name, server)).second.sessionKey) }
            assertEquals(20, keys.toSet().size)
            assertEquals(listOf(USER, name, null), client.run { listOf(this.name, packageInfo.name, expiry) })
        }
    }

    @Test
    fun `a credential that was closed is invalid, and its handshakes go on`() {
        val credential = Credential("NTLM", Password(USER, PASSWORD))
        val client = clientOf(credential = credential)
        repeat(2) { credential.close() }
        for (call in listOf<() -> Any?>({ credential.name }, { credential.packageInfo }, { clientOf(credential = credential) })) {
            assertFailsWith<InvalidHandle> { call() }
        }
        assertEquals("Credential(freed)", "$credential")
        pair(client)
    }

    @Test
    fun `a principal chooses among identities`() {
        val identities = Identities(Password("bob", "pw"), Password(USER, PASSWORD))
        val named = Credential("NTLM", identities, Usage.OUTBOUND, principal = USER)
        assertEquals(USER, named.name)
        assertEquals("bob", Credential("NTLM", identities).name)
    }

    @Test
    fun `what only matters while acquiring is not passed over`() {
        val credential = Credential("NTLM", Password(USER, PASSWORD))
        val error = assertFailsWith<InvalidParameter> {
            initiate("NTLM", credential = credential, allow = listOf(Allow.NTLM_V1))
        }
        assertTrue("acquired" in error.context)
        assertFailsWith<InvalidParameter> { initiate("Negotiate", credential = credential) }
        assertFailsWith<InvalidParameter> { Credential("NTLM", credential) }
    }

    @Test
    fun `without a credential the error says what is needed`() {
        val client = assertFailsWith<NoCredentials> { initiate("NTLM") }
        assertTrue("password or an NT hash" in client.context, client.context)
        val server = assertFailsWith<NoCredentials> { accept("NTLM") }
        assertTrue("account store" in server.context, server.context)
        val anonymous = assertFailsWith<NoCredentials> { clientOf(credential = Anonymous()) }
        assertTrue("ANONYMOUS" in anonymous.context, anonymous.context)
    }

    @Test
    fun `an anonymous client needs every consent`() {
        val relax = listOf(Flag.INTEGRITY, Flag.CONFIDENTIALITY, Flag.REPLAY_DETECT, Flag.SEQUENCE_DETECT)
        val allow = listOf(Allow.ANONYMOUS)
        fun client() = initiate("NTLM", credential = Anonymous(), relax = relax, allow = allow)
        assertFailsWith<LogonDenied> { pair(client()) }
        val server = accept(
            "NTLM", Accounts(mapOf(USER to PASSWORD)), request = listOf(Flag.NULL_SESSION), relax = relax, allow = allow,
        )
        val (_, context) = pair(client(), server)
        assertEquals(true to "", context.isAnonymous to context.client)
    }

    @Test
    fun `what is required and not had is an error`() {
        val weak = accept("NTLM", Accounts(mapOf(USER to PASSWORD)))
        val plain = initiate("NTLM", credential = Password(USER, PASSWORD), without = listOf(Flag.CONFIDENTIALITY))
        val error = assertFailsWith<SspiException> { pair(plain, weak) }
        assertEquals("SEC_E_SECURITY_QOS_FAILED", error.symbol)
        assertTrue("CONFIDENTIALITY" in error.context)
    }

    @Test
    fun `bindings are checked by policy`() {
        val cases = listOf(
            listOf("right", "right", BindingPolicy.WHEN_SUPPORTED, BindingsChecked.VERIFIED),
            listOf("right", "right", BindingPolicy.ALWAYS, BindingsChecked.VERIFIED),
            listOf("wrong", "right", BindingPolicy.WHEN_SUPPORTED, null),
            listOf("wrong", "right", BindingPolicy.NEVER, BindingsChecked.NO),
            listOf(null, "right", BindingPolicy.WHEN_SUPPORTED, BindingsChecked.NO),
            listOf(null, "right", BindingPolicy.ALWAYS, null),
            listOf("right", null, BindingPolicy.WHEN_SUPPORTED, BindingsChecked.NO),
            listOf("right", null, BindingPolicy.ALWAYS, null),
        )
        for ((ofClient, ofServer, policy, checked) in cases) {
            fun made(text: Any?) = text?.let { ChannelBindings(bytes("$it")) }
            val run = {
                pair(
                    initiate("NTLM", TARGET, Password(USER, PASSWORD), channelBindings = made(ofClient)),
                    accept(
                        "NTLM", Accounts(mapOf(USER to PASSWORD)),
                        channelBindings = made(ofServer), bindingPolicy = policy as BindingPolicy,
                    ),
                ).second.bindingsChecked
            }
            if (checked == null) assertFailsWith<BadBindings> { run() } else assertEquals(checked, run())
        }
    }

    @Test
    fun `the end point of a certificate is its hash`() {
        // A certificate of SHA-256 with RSA, with nothing in it.
        val der = unhex("3013" + "3000" + "300b" + "06092a864886f70d01010b" + "0302005a")
        val bindings = ChannelBindings.tlsServerEndPoint(der)
        val hash = MessageDigest.getInstance("SHA-256").digest(der)
        assertContentEquals(bytes("tls-server-end-point:") + hash, bindings.applicationData)
        assertEquals("ChannelBindings(tls-server-end-point, 53 bytes)", "$bindings")
        assertEquals(bindings, ChannelBindings(bindings.applicationData))
        assertNotEquals(bindings, ChannelBindings(bytes("x")))
        assertFailsWith<InvalidParameter> { ChannelBindings.tlsServerEndPoint(der.copyOf(5)) }
        val pem = assertFailsWith<InvalidParameter> { ChannelBindings.tlsServerEndPoint(bytes("-----BEGIN CERTIFICATE-----")) }
        assertTrue("PEM" in pem.context)
    }

    @Test
    fun `a client that means another server is refused`() {
        fun accepting(name: String) =
            pair(server = accept("NTLM", Accounts(mapOf(USER to PASSWORD)), acceptedTargets = listOf("X", name)))
        assertEquals(TARGET, accepting(TARGET.uppercase()).second.target)
        assertFailsWith<WrongPrincipal> { accepting("CIFS/server.example.com") }
    }

    @Test
    fun `Negotiate uses the packages it may`() {
        val client = initiate("Negotiate", TARGET, Password(USER, PASSWORD), packages = listOf("NTLM"))
        assertEquals("NTLM", pair(client, serverOf("Negotiate")).first.negotiatedPackage.name)
        assertFailsWith<SspiException> {
            initiate("Negotiate", TARGET, Password(USER, PASSWORD), withoutPackages = listOf("NTLM")).next()
        }
    }
}
