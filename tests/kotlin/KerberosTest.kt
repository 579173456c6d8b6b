package anysspi.tests

import anysspi.Accounts
import anysspi.BadBindings
import anysspi.BindingPolicy
import anysspi.BindingsChecked
import anysspi.ChannelBindings
import anysspi.Credential
import anysspi.CredentialCache
import anysspi.CredentialSource
import anysspi.DelegationForbidden
import anysspi.DelegationPolicy
import anysspi.Flag
import anysspi.Handshake
import anysspi.Identities
import anysspi.InvalidHandle
import anysspi.InvalidToken
import anysspi.KdcCarrier
import anysspi.LogonDenied
import anysspi.NoAuthenticatingAuthority
import anysspi.NoCredentials
import anysspi.OutOfSequence
import anysspi.PacPolicy
import anysspi.Password
import anysspi.Realm
import anysspi.Side
import anysspi.SspiException
import anysspi.WrongPrincipal
import anysspi.accept
import anysspi.initiate
import kotlin.test.assertContentEquals
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertIs
import kotlin.test.assertNotNull
import kotlin.test.assertNull
import kotlin.test.assertTrue
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.DynamicTest
import org.junit.jupiter.api.DynamicTest.dynamicTest
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.TestFactory

/** Kerberos: who logs on and who does not, and what a server learns of its client. */
class KerberosTest : KerberosStage() {
    /** Every form of the loop, by its name. */
    private val loops: Map<String, (Handshake, Handshake) -> Unit> = mapOf(
        "iteration" to { client, server ->
            for (token in client) {
                val answer = server.step(token)
                if (!client.done) client.receive(answer!!)
            }
        },
        "receive and next" to { client, server ->
            var token = client.next()
            while (token != null) {
                server.receive(token)
                server.next()?.let(client::receive)
                token = client.next()
            }
        },
        "step" to { client, server -> Exchange(client, server).run() },
        "stepAsync" to { client, server -> runBlocking { Exchange(client, server).runAsync() } },
        "nextAsync" to { client, server ->
            runBlocking {
                var token = client.nextAsync()
                while (token != null) {
                    server.receive(token)
                    server.nextAsync()?.let(client::receive)
                    token = client.nextAsync()
                }
            }
        },
    )

    @TestFactory
    fun `a user logs on in every form of the loop`(): List<DynamicTest> {
        val credentials: Map<String, Pair<CredentialSource, KdcCarrier?>> = mapOf(
            "a ticket" to (realm.tickets("alice", WEB) to null),
            "the bytes of a cache" to (CredentialCache(realm.tickets("alice", WEB).toBytes()) to null),
            "a ticket-granting ticket" to (realm.tickets("alice") to realm),
            "a keytab" to (realm.keytab("alice") to realm),
            "a password" to (Password(ALICE, PASSWORD) to realm),
            "a password and a domain" to (Password("alice", PASSWORD, "example.test") to realm),
            "a function that carries" to (Password(ALICE, PASSWORD) to KdcCarrier { _, message -> realm.answer(message) }),
        )
        return credentials.flatMap { (held, credential) ->
            loops.map { (form, loop) ->
                dynamicTest("$held, $form") {
                    val (client, server) = client(credential.first, kdc = credential.second) to server()
                    loop(client, server)
                    val (here, there) = client.context to server.context
                    assertEquals("$NAME\\alice", there.client)
                    assertEquals(listOf(Side.INITIATOR, Side.ACCEPTOR), listOf(here.side, there.side))
                    assertContentEquals(here.sessionKey, there.sessionKey)
                    assertEquals(here.flags, there.flags)
                    assertTrue(here.flags.containsAll(listOf(Flag.MUTUAL_AUTH, Flag.CONFIDENTIALITY)))
                    assertEquals(listOf("$WEB@$NAME", WEB), listOf(here.server, there.target))
                    assertNotNull(there.expiry)
                    assertContentEquals(bytes("hello"), there.unwrap(here.wrap(bytes("hello"))))
                }
            }
        }
    }

    @Test
    fun `Negotiate picks Kerberos, and falls back where it cannot`() {
        val password = Password(ALICE, PASSWORD)
        fun server() = server(Identities(realm.keytab(WEB), Accounts(mapOf(ALICE to PASSWORD))), "Negotiate")
        fun chosen(handshake: Handshake) =
            pair(handshake, server()).also { (here, there) ->
                assertEquals(here.negotiation!!.chosen, there.negotiation!!.chosen)
                assertEquals("Negotiate", there.packageInfo.name)
            }.first
        for (credential in listOf(realm.tickets("alice", WEB), Identities(realm.tickets("alice", WEB), password))) {
            val context = chosen(client(credential, "Negotiate"))
            assertEquals("Kerberos", context.negotiatedPackage.name)
            assertTrue(Flag.MUTUAL_AUTH in context.flags)
        }
        assertEquals("Kerberos", chosen(client(password, "Negotiate", kdc = realm)).negotiatedPackage.name)
        val both = Identities(realm.tickets("alice"), password)
        for (handshake in listOf(
            client(password, "Negotiate"),
            client(both, "Negotiate"),
            client(both, "Negotiate", "HTTP/nowhere.example.test", realm),
            initiate("Negotiate", WEB, Identities(realm.tickets("alice", WEB), password), withoutPackages = listOf("Kerberos")),
        )) {
            assertEquals("NTLM", chosen(handshake).negotiatedPackage.name)
        }
        // A wrong password is not tried again with NTLM: the account may be locked.
        val wrong = client(Password(ALICE, "n0t-right"), "Negotiate", kdc = realm)
        assertFailsWith<LogonDenied> { pair(wrong, server()) }
        val only = initiate("Negotiate", WEB, both, packages = listOf("Kerberos"))
        assertFailsWith<NoAuthenticatingAuthority> { only.next() }
    }

    @Test
    fun `a server knows who its client is`() {
        for (packageName in listOf("Kerberos", "Negotiate")) {
            val (client, server) = pair(client(packageName = packageName), server(packageName = packageName))
            assertNull(client.peer)
            val peer = assertNotNull(server.peer)
            assertEquals(listOf("alice", NAME, "alice"), listOf(peer.user, peer.realm, peer.account))
            assertTrue(peer.hasPac)
            // The KDC signed the ticket and the PAC for itself too, and claims nothing more.
            assertTrue(peer.hasTicketSignature && peer.hasFullSignature)
            assertEquals(List(4) { null }, listOf(peer.askedForPac, peer.claims, peer.device, peer.deviceClaims))
            val sid = assertNotNull(peer.sid)
            val domain = sid.substringBeforeLast('-')
            assertTrue(domain.startsWith("S-1-5-21-"), sid)
            assertEquals("$domain-513", peer.primaryGroup)
            assertEquals(listOf("$domain-513"), peer.groups.map { it.sid })
            assertTrue(peer.groups.single().isEnabled && peer.groups.single().attributes != 0u)
            for (one in listOf(sid, sid.lowercase(), "$domain-513")) assertTrue(peer.isMemberOf(one), one)
            for (one in listOf("$domain-512", domain, "", "S-1-5-32-544")) assertTrue(!peer.isMemberOf(one), one)
            assertEquals("Peer(alice@$NAME, $sid)", "$peer")
            server.close()
            assertFailsWith<InvalidHandle> { server.peer }
        }
        assertNull(pair().second.peer)
    }

    @Test
    fun `a server knows the groups of its client`() {
        realm.addUser("carol", PASSWORD, encryptionTypes = listOf(AES256), groups = listOf(512, 1105))
        val peer = pair(client(realm.tickets("carol", WEB)), server()).second.peer!!
        val domain = realm.domainSid
        assertEquals(listOf(513, 512, 1105).map { "$domain-$it" }.toSet(), peer.groups.map { it.sid }.toSet())
        for (group in listOf(512, 513, 1105)) assertTrue(peer.isMemberOf("$domain-$group"))
        for (group in listOf(511, 11, 51)) assertTrue(!peer.isMemberOf("$domain-$group"))
        assertTrue(!peer.isMemberOf("${Realm(NAME).domainSid}-512"))
    }

    @Test
    fun `clients without a PAC are let in as the policy says`() {
        fun run(user: String, policy: PacPolicy) = pair(
            client(realm.tickets(user, WEB)),
            accept("Kerberos", realm.keytab(WEB), pacPolicy = policy),
        ).second.peer!!
        for (policy in PacPolicy.entries) {
            val peer = run("alice", policy)
            assertEquals(policy != PacPolicy.NEVER, peer.hasPac)
            assertEquals(policy == PacPolicy.NEVER, peer.groups.isEmpty())
        }
        // A service is no user, and has no PAC.
        for (policy in listOf(PacPolicy.NEVER, PacPolicy.WHEN_PRESENT)) {
            assertTrue(!run(OTHER, policy).hasPac)
        }
        assertFailsWith<LogonDenied> { run(OTHER, PacPolicy.ALWAYS) }
    }

    @Test
    fun `tickets are delegated where that is required, to act with`() {
        val (_, server) = pair(client(kdc = realm, require = listOf(Flag.DELEGATE)), server())
        assertTrue(Flag.DELEGATE in server.flags)
        val tickets = assertIs<CredentialCache>(server.delegated())
        assertFailsWith<NoCredentials> { server.delegated() }
        assertEquals(ALICE, tickets.client)
        // The server goes on to another one with it, and that one to a third.
        val again = client(tickets, target = OTHER, kdc = realm, require = listOf(Flag.DELEGATE))
        val (_, other) = pair(again, server(realm.keytab(OTHER)))
        assertEquals("$NAME\\alice", other.client)
        assertEquals(ALICE, assertIs<CredentialCache>(other.delegated()).client)

        val (asking, bare) = pair(client(), server())
        assertNull(bare.delegated())
        assertFailsWith<NoCredentials> { asking.delegated() }
        val nowhere = initiate(
            "Kerberos",
            WEB,
            realm.tickets("alice", WEB),
            require = listOf(Flag.DELEGATE),
            delegation = DelegationPolicy(emptyList()),
            kdc = realm,
        )
        assertFailsWith<DelegationForbidden> { nowhere.next() }
    }

    @Test
    fun `channel bindings are checked`() {
        val (right, wrong) = ChannelBindings(bytes("tls-unique:right")) to ChannelBindings(bytes("tls-unique:wrong"))
        fun run(theirs: ChannelBindings?, policy: BindingPolicy = BindingPolicy.WHEN_SUPPORTED) =
            pair(
                initiate("Kerberos", WEB, realm.tickets("alice", WEB), channelBindings = theirs),
                accept("Kerberos", realm.keytab(WEB), channelBindings = right, bindingPolicy = policy),
            )
        val (client, server) = run(right, BindingPolicy.ALWAYS)
        assertEquals(listOf(BindingsChecked.SENT, BindingsChecked.VERIFIED), listOf(client, server).map { it.bindingsChecked })
        assertEquals(BindingsChecked.NO, run(null).second.bindingsChecked)
        assertEquals(BindingsChecked.NO, run(wrong, BindingPolicy.NEVER).second.bindingsChecked)
        assertFailsWith<BadBindings> { run(wrong) }
        assertFailsWith<BadBindings> { run(null, BindingPolicy.ALWAYS) }
    }

    @Test
    fun `DCE style has three legs`() {
        for (packageName in listOf("Kerberos", "Negotiate")) {
            val client = client(packageName = packageName, require = listOf(Flag.DCE_STYLE))
            val exchange = Exchange(client, server(packageName = packageName))
            val (here, there) = exchange.run()
            if (packageName == "Kerberos") assertEquals(3, exchange.tokens.size)
            assertTrue(Flag.DCE_STYLE in here.flags && Flag.DCE_STYLE in there.flags)
            assertContentEquals(here.sessionKey, there.sessionKey)
            assertContentEquals(bytes("hello"), there.unwrap(here.wrap(bytes("hello"))))
        }
    }

    @Test
    fun `users authenticate to users`() {
        val client = client(target = "bob", kdc = realm, require = listOf(Flag.USE_SESSION_KEY))
        val (here, there) = pair(client, server(realm.tickets("bob")))
        assertEquals("$NAME\\alice", there.client)
        assertContentEquals(here.sessionKey, there.sessionKey)
        assertTrue(Flag.USE_SESSION_KEY in there.flags)
    }

    @Test
    fun `a request is taken once by credentials that are shared`() {
        val credential = Credential("Kerberos", realm.keytab(WEB))
        val token = client().next()!!
        assertNotNull(server(credential).step(token))
        val error = assertFailsWith<OutOfSequence> { server(credential).step(token) }
        assertEquals(34, error.kerberosCode)
        assertNotNull(error.token)
        assertNotNull(server(credential).step(client().next()!!))
    }

    @Test
    fun `a server with other keys refuses, and its client is told`() {
        val elsewhere = Realm(NAME).apply { addService(WEB) }
        for ((keytab, code) in listOf(realm.keytab(OTHER) to 35, elsewhere.keytab(WEB) to 31)) {
            val client = client()
            val error = assertFailsWith<SspiException> { server(keytab).step(client.next()!!) }
            assertEquals(code, error.kerberosCode)
            assertEquals(code, assertFailsWith<WrongPrincipal> { client.step(error.token!!) }.kerberosCode)
        }
        val both = realm.keytab(OTHER, WEB)
        pair(client(), accept("Kerberos", both, acceptedTargets = listOf("http/WEB.example.test")))
        val strict = accept("Kerberos", both, acceptedTargets = listOf(OTHER))
        assertFailsWith<WrongPrincipal> { strict.step(client().next()!!) }
    }

    @Test
    fun `a reply of somebody else is refused`() {
        val (client, server) = client() to server()
        val answer = server.step(client.next()!!)!!
        answer[answer.size - 1] = (answer.last().toInt() xor 1).toByte()
        assertFailsWith<SspiException> { client.step(answer) }
        assertTrue(!client.done)
        for (nonsense in listOf(ByteArray(0), bytes("NTLMSSP"), ByteArray(100) { -1 })) {
            assertFailsWith<InvalidToken> { server().step(nonsense) }
        }
    }
}
