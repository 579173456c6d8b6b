package anysspi.tests

import anysspi.Accounts
import anysspi.Allow
import anysspi.BadBindings
import anysspi.BindingPolicy
import anysspi.BindingsChecked
import anysspi.ChannelBindings
import anysspi.Credential
import anysspi.CredentialCache
import anysspi.CredentialException
import anysspi.CredentialSource
import anysspi.DelegationForbidden
import anysspi.DelegationPolicy
import anysspi.Flag
import anysspi.Handshake
import anysspi.Identities
import anysspi.Identity
import anysspi.InvalidHandle
import anysspi.InvalidParameter
import anysspi.InvalidToken
import anysspi.KdcCarrier
import anysspi.Keytab
import anysspi.LogonDenied
import anysspi.MessageAltered
import anysspi.NoAuthenticatingAuthority
import anysspi.NoCredentials
import anysspi.OutOfSequence
import anysspi.PacPolicy
import anysspi.Password
import anysspi.Realm
import anysspi.Side
import anysspi.SspiException
import anysspi.TargetUnknown
import anysspi.Usage
import anysspi.WrongPrincipal
import anysspi.accept
import anysspi.initiate
import java.io.DataInputStream
import java.io.DataOutputStream
import java.io.IOException
import java.net.InetAddress
import java.net.Socket
import java.nio.file.Files
import java.nio.file.Path
import java.util.concurrent.CountDownLatch
import kotlin.test.assertContentEquals
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertIs
import kotlin.test.assertNotEquals
import kotlin.test.assertNotNull
import kotlin.test.assertNull
import kotlin.test.assertSame
import kotlin.test.assertTrue
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.DynamicTest
import org.junit.jupiter.api.DynamicTest.dynamicTest
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.TestFactory
import org.junit.jupiter.api.io.TempDir

private const val NAME = "EXAMPLE.TEST"
private const val WEB = "HTTP/web.example.test"
private const val OTHER = "HTTP/other.example.test"
private const val ALICE = "alice@$NAME"
private const val AES256 = "aes256-cts-hmac-sha1-96"

private val TYPES = listOf(
    AES256,
    "aes128-cts-hmac-sha1-96",
    "aes256-cts-hmac-sha384-192",
    "aes128-cts-hmac-sha256-128",
    "rc4-hmac",
)

/** Kerberos in a realm in a box: who logs on and who does not, and what a server learns of its client. */
class KerberosTest {
    private val realm = Realm(NAME).apply {
        for (user in listOf("alice", "bob")) addUser(user, PASSWORD, encryptionTypes = listOf(AES256))
        for (service in listOf(WEB, OTHER)) addService(service, trustedForDelegation = true)
    }

    private fun client(
        credential: CredentialSource = realm.tickets("alice", WEB),
        packageName: String = "Kerberos",
        target: String = WEB,
        kdc: KdcCarrier? = null,
        require: Collection<Flag> = emptyList(),
    ) = initiate(packageName, target, credential, require = require, kdc = kdc)

    private fun server(credential: CredentialSource = realm.keytab(WEB), packageName: String = "Kerberos") =
        accept(packageName, credential)

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
        val other = Realm("OTHER.TEST").apply { addService("HTTP/web.other.test") }
        realm.trust(other)
        val kdc = KdcCarrier { name, message -> (if (name == NAME) realm else other).carry(name, message) }
        fun run(target: String, from: Realm, policy: PacPolicy) = pair(
            client(Password(ALICE, PASSWORD), target = target, kdc = kdc),
            accept("Kerberos", from.keytab(target), pacPolicy = policy),
        ).second.peer!!
        for (policy in PacPolicy.entries) {
            val peer = run(WEB, realm, policy)
            assertEquals(policy != PacPolicy.NEVER, peer.hasPac)
            assertEquals(policy == PacPolicy.NEVER, peer.groups.isEmpty())
        }
        for (policy in listOf(PacPolicy.NEVER, PacPolicy.WHEN_PRESENT)) {
            assertTrue(!run("HTTP/web.other.test", other, policy).hasPac)
        }
        assertFailsWith<LogonDenied> { run("HTTP/web.other.test", other, PacPolicy.ALWAYS) }
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

    @TestFactory
    fun `messages are protected with keys of every type`() = TYPES.map { type ->
        dynamicTest(type) {
            realm.addUser("typed", PASSWORD, encryptionTypes = listOf(type))
            realm.addService("HTTP/typed.example.test", encryptionTypes = listOf(type))
            val (target, allow) = "HTTP/typed.example.test" to if (type == "rc4-hmac") listOf(Allow.RC4) else emptyList()
            fun contexts(without: List<Flag> = emptyList()) =
                pair(
                    initiate("Kerberos", target, Password("typed@$NAME", PASSWORD), without = without, allow = allow, kdc = realm),
                    accept("Kerberos", realm.keytab(target), relax = without, allow = allow),
                )
            val (client, server) = contexts()
            for (size in listOf(0, 1, 7, 8, 15, 16, 17, 63, 64, 65, 1000, 65_536, 100_003)) {
                val message = ByteArray(size) { (it % 251).toByte() }
                for ((here, there) in listOf(client to server, server to client)) {
                    val wrapped = here.wrap(message)
                    if (size >= 8) assertTrue(hex(message.copyOf(8)) !in hex(wrapped.copyOf(minOf(wrapped.size, 300))))
                    assertContentEquals(message, there.unwrap(wrapped))
                    val signature = here.sign(message)
                    there.verify(message, signature)
                    assertFailsWith<SspiException> { there.verify(message, signature) }
                    val another = here.sign(message)
                    assertFailsWith<SspiException> { there.verify(message + 1, another) }
                    there.verify(message, another)
                }
            }
            assertContentEquals(bytes("later"), runBlocking { server.unwrapAsync(client.wrapAsync(bytes("later"))) })
            val (plain, reader) = contexts(listOf(Flag.CONFIDENTIALITY))
            val readable = plain.wrap(bytes("readable"))
            assertTrue("readable" in readable.toString(Charsets.ISO_8859_1))
            assertContentEquals(bytes("readable"), reader.unwrap(readable))
        }
    }

    @Test
    fun `rc4-hmac is off unless it is allowed`() {
        realm.addUser("old", PASSWORD, encryptionTypes = listOf("rc4-hmac"))
        realm.addService("HTTP/old.example.test", encryptionTypes = listOf("rc4-hmac"))
        val old = Password("old@$NAME", PASSWORD)
        assertFailsWith<SspiException> { client(old, target = "HTTP/old.example.test", kdc = realm).next() }
        val tickets = realm.tickets("old", "HTTP/old.example.test")
        val token = initiate("Kerberos", "HTTP/old.example.test", tickets, allow = listOf(Allow.RC4)).next()!!
        assertFailsWith<SspiException> { server(realm.keytab("HTTP/old.example.test")).step(token) }
        assertFailsWith<InvalidParameter> { realm.addUser("x", PASSWORD, encryptionTypes = listOf("des-cbc-md5")) }
        assertFailsWith<InvalidParameter> { realm.addService("x", encryptionTypes = listOf("rot13")) }
    }

    @Test
    fun `altered and repeated messages do not open`() {
        val (client, server) = pair(client(), server())
        val wrapped = client.wrap(bytes("a message"))
        for (at in listOf(0, 2, wrapped.size / 2, wrapped.size - 1)) {
            val altered = wrapped.copyOf().also { it[at] = (it[at].toInt() xor 1).toByte() }
            assertFailsWith<SspiException> { server.unwrap(altered) }
        }
        for (length in wrapped.indices) assertFailsWith<MessageAltered> { server.unwrap(wrapped.copyOf(length)) }
        assertContentEquals(bytes("a message"), server.unwrap(wrapped))
        assertFailsWith<OutOfSequence> { server.unwrap(wrapped) }
        assertFailsWith<SspiException> { client.unwrap(client.wrap(bytes("my own"))) }
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
        assertTrue(!peer.hasPac && peer.groups.isEmpty() && !peer.isMemberOf(""))
        assertNull(peer.sid)
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
        val kinds = listOf<Identity>(secrets, realm.keytab(WEB)).map { it.kind }
        assertEquals(listOf("credential cache", "keytab"), kinds)
        assertNotEquals(hex(realm.tickets("alice", WEB).toBytes()), raw)
    }
}
