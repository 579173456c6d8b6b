package anysspi.tests

import anysspi.Accounts
import anysspi.AscReq
import anysspi.AscRet
import anysspi.Attribute
import anysspi.AttributeValue
import anysspi.BufferKind
import anysspi.CertUnknown
import anysspi.Certificate
import anysspi.ChannelBindings
import anysspi.Context
import anysspi.ContextExpired
import anysspi.Credential
import anysspi.CredentialCache
import anysspi.CredentialSource
import anysspi.Delegated
import anysspi.DelegationForbidden
import anysspi.DelegationPolicy
import anysspi.EarlyUserAuthResult
import anysspi.Flag
import anysspi.Handshake
import anysspi.Identities
import anysspi.IncompleteMessage
import anysspi.InvalidHandle
import anysspi.InvalidParameter
import anysspi.InvalidToken
import anysspi.IscReq
import anysspi.IscRet
import anysspi.LogonDenied
import anysspi.NoCredentials
import anysspi.Password
import anysspi.Raw
import anysspi.Raw.Buffer
import anysspi.Raw.SecurityContext
import anysspi.SmartCard
import anysspi.SspiException
import anysspi.Status
import anysspi.TrustedRoots
import anysspi.UnsupportedFunction
import anysspi.Usage
import anysspi.accept
import anysspi.initiate
import java.io.ByteArrayInputStream
import java.net.InetAddress
import java.net.ServerSocket
import java.net.Socket
import java.security.cert.CertificateFactory
import java.security.cert.X509Certificate
import kotlin.concurrent.thread
import kotlin.random.Random
import kotlin.test.assertContentEquals
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertIs
import kotlin.test.assertNull
import kotlin.test.assertTrue
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.DynamicTest.dynamicTest
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.TestFactory

/** CredSSP: what is delegated, certificates, policies, and streams cut anywhere. */
class CredsspTest {
    private val certificate = Certificate.selfSigned(HOST)
    private val delegate = listOf(Flag.DELEGATE)

    private fun desk(credential: CredentialSource = Password(USER, PASSWORD)) =
        initiate("CREDSSP", DESK, credential, require = delegate)

    private fun server(certificate: Certificate = this.certificate) =
        accept("CREDSSP", Identities(Accounts(mapOf(USER to PASSWORD)), certificate))

    private fun contexts() = pair(desk(), server())

    private fun cardOf(card: Shared) =
        SmartCard(
            card.text("pin")!!,
            (card["key_spec"] as Long).toInt(),
            card.text("card"),
            card.text("reader"),
            card.text("container"),
            card.text("provider"),
            card.text("user_hint"),
            card.text("domain_hint"),
        )

    private fun clientOf(end: Shared): Handshake {
        val roots = when (end.text("roots")) {
            "server" -> TrustedRoots(certificate.chain)
            "other" -> TrustedRoots(Certificate.selfSigned("other.example.com").chain)
            else -> null
        }
        val card = (end["smart_card"] as Shared?)?.let(::cardOf)
        return initiate(
            "CREDSSP",
            end.text("target"),
            Identities(listOfNotNull(Password(USER, end.text("password")!!), card, roots)),
            require = if (end["delegate"] == true) delegate else emptyList(),
            packages = if ("packages" in end) end.texts("packages") else null,
            delegation = (end["policy"] as Shared?)?.let { DelegationPolicy(it.texts("allow"), it.texts("ntlm_only")) },
        )
    }

    /** What was delegated, as the cases say it. */
    private fun shown(delegated: Delegated?): Map<String, Any?> =
        when (delegated) {
            null -> mapOf("kind" to "nothing")
            is Password -> mapOf("kind" to "password", "user" to delegated.name, "password" to delegated.password)
            is SmartCard -> mapOf(
                "kind" to "smart_card",
                "pin" to delegated.pin,
                "key_spec" to delegated.keySpec.toLong(),
                "card" to delegated.card,
                "reader" to delegated.reader,
                "container" to delegated.container,
                "provider" to delegated.provider,
                "user_hint" to delegated.userHint,
                "domain_hint" to delegated.domainHint,
            ).filterValues { it != null }
            is CredentialCache -> mapOf("kind" to "credential_cache")
        }

    @TestFactory
    fun `the shared cases pass`() = forCases("credssp.json") { shared ->
        var side = "initiator"
        val result =
            try {
                val (client, server) = clientOf(shared["client"] as Shared) to server()
                for (token in client) {
                    side = "acceptor"
                    val answer = server.step(token)
                    side = "initiator"
                    if (!client.done) client.receive(answer!!)
                }
                val delegated = shown(server.context.delegated())
                for (context in listOf(client.context, server.context)) {
                    assertEquals(delegated["kind"] != "nothing", Flag.DELEGATE in context.flags)
                    assertEquals(USER, context.client)
                }
                mapOf("status" to "SEC_E_OK", "delegated" to delegated)
            } catch (error: SspiException) {
                mapOf("status" to error.symbol, "side" to side)
            }
        assertEquals(shared["result"], result)
    }

    @Test
    fun `what was delegated is handed out once, and to the server alone`() {
        val (client, server) = contexts()
        assertFailsWith<NoCredentials> { client.delegated() }
        assertEquals(PASSWORD, assertIs<Password>(server.delegated()).password)
        assertFailsWith<NoCredentials> { server.delegated() }
        assertFailsWith<NoCredentials> { server.query(Attribute.CREDS) }
        assertFailsWith<UnsupportedFunction> { pair().second.delegated() }
        server.close()
        assertFailsWith<InvalidHandle> { server.delegated() }
    }

    @Test
    fun `what was delegated logs on, is delegated further, and is not shown`() {
        val card = SmartCard("1234", reader = "reader")
        val (_, first) = pair(desk(Identities(Password(USER, PASSWORD), card)), server())
        val delegated = assertIs<SmartCard>(first.delegated())
        val (_, second) = pair(desk(Identities(Password(USER, PASSWORD), delegated)), server())
        assertEquals("1234" to "reader", assertIs<SmartCard>(second.delegated()).run { pin to reader })

        val password = assertIs<Password>(contexts().second.delegated())
        assertEquals(USER, pair(clientOf(credential = password)).second.client)
        assertEquals(listOf("smart card", "password of $USER"), listOf("$delegated", "$password"))
        val answer = contexts().second.query(Attribute.CREDS)
        assertEquals("OfDelegated(delegated=password of $USER)", "$answer")
    }

    @Test
    fun `a certificate is written in PEM and read again`() {
        val pem = certificate.toPem()
        val read = Certificate.fromPem(pem)
        assertContentEquals(certificate.chain.single(), read.chain.single())
        assertContentEquals(pem, read.toPem())
        val x509 = CertificateFactory.getInstance("X.509")
            .generateCertificate(ByteArrayInputStream(read.chain.single())) as X509Certificate
        assertEquals("CN=$HOST", x509.subjectX500Principal.name)
        val text = pem.decodeToString()
        val key = text.substringAfter("KEY-----").substringBefore("-----END").filterNot(Char::isWhitespace)
        val again = Certificate(read.chain, java.util.Base64.getDecoder().decode(key))
        assertContentEquals(pem, again.toPem())
        for (one in listOf(certificate, read, again, Identities(again))) {
            assertTrue("certificate" in "$one" && key.take(8) !in "$one" && "[B@" !in "$one", "$one")
        }
        val trusting = desk(Identities(Password(USER, PASSWORD), TrustedRoots.fromPem(pem)))
        assertEquals(USER, pair(trusting, server(again)).second.client)
    }

    @Test
    fun `a certificate that is none is refused`() {
        val pem = certificate.toPem().decodeToString()
        val keyless = pem.substringBefore("-----BEGIN PRIVATE")
        for (wrong in listOf("", "garbage", keyless, pem.substring(keyless.length), pem.replace("MII", "!!!"))) {
            assertFailsWith<CertUnknown>(wrong) { Certificate.fromPem(bytes(wrong)) }
        }
        for (wrong in listOf("", "garbage")) assertFailsWith<CertUnknown> { TrustedRoots.fromPem(bytes(wrong)) }
        val chain = certificate.chain
        for (wrong in listOf(Certificate(chain, bytes("no key")), Certificate(emptyList(), ByteArray(0)))) {
            assertFailsWith<CertUnknown> { wrong.toPem() }
            assertFailsWith<CertUnknown> { server(wrong) }
        }
        val other = Certificate.selfSigned("other.example.com").toPem().decodeToString()
        val mixed = keyless + other.substring(other.indexOf("-----BEGIN PRIVATE"))
        assertFailsWith<CertUnknown> { server(Certificate.fromPem(bytes(mixed))) }
    }

    @Test
    fun `a policy answers what it allows`() {
        val anywhere = DelegationPolicy()
        assertTrue(anywhere.allows(DESK) && anywhere.allowsNtlmOnly("HTTP/anything"))
        for (nowhere in listOf(DelegationPolicy(emptyList()), DelegationPolicy(ntlmOnly = emptyList()))) {
            assertTrue(!nowhere.allows(DESK) && !nowhere.allowsNtlmOnly(DESK))
        }
        val policy = DelegationPolicy(listOf("TERMSRV/*", "WSMAN/*.corp.example"), listOf("TERMSRV/lab-*"))
        assertTrue(policy.allows("termsrv/desk7.corp.example") && policy.allows("WSMAN/a.corp.example"))
        assertTrue(!policy.allows("WSMAN/a.elsewhere.example") && !policy.allows(""))
        assertTrue(policy.allowsNtlmOnly("TERMSRV/LAB-3") && !policy.allowsNtlmOnly("TERMSRV/desk7.corp.example"))
        assertEquals(policy, DelegationPolicy(setOf("TERMSRV/*", "WSMAN/*.corp.example"), listOf("TERMSRV/lab-*")))
        assertEquals("DelegationPolicy(named target)", "$anywhere")
        assertTrue("TERMSRV/lab-*" in "$policy")
    }

    @Test
    fun `credentials that were acquired have the policy they were acquired with`() {
        val forbidden = DelegationPolicy(emptyList())
        val password = Password(USER, PASSWORD)
        val (strict, _) =
            Raw.acquireCredentialsHandle(null, "CREDSSP", Usage.OUTBOUND, password, delegation = forbidden)
        for (credential in listOf(Credential("CREDSSP", password, delegation = forbidden), strict)) {
            assertFailsWith<DelegationForbidden> { pair(desk(credential), server()) }
        }
        val free = Credential("CREDSSP", password)
        assertIs<Password>(pair(desk(free), server()).second.delegated())
        for (policy in listOf(forbidden, DelegationPolicy())) {
            assertFailsWith<InvalidParameter> { initiate("CREDSSP", DESK, free, delegation = policy) }
        }
    }

    @Test
    fun `a stream is opened in any pieces, and has no empty messages`() {
        val (client, server) = contexts()
        assertEquals(0, client.wrap(ByteArray(0)).size)
        assertEquals(0, server.unwrap(ByteArray(0)).size)
        val message = ByteArray(100_000) { it.toByte() }
        val sealed = client.wrap(message)
        for (most in listOf(1, 5, 1000, sealed.size)) {
            val (here, there) = if (most == 1) client to server else contexts()
            val bytes = if (most == 1) sealed else here.wrap(message)
            val opened = bytes.asIterable().chunked(most).map { there.unwrap(it.toByteArray()) }
            assertContentEquals(message, opened.reduce(ByteArray::plus))
        }
        assertContentEquals(bytes("onetwo"), client.unwrap(server.wrap(bytes("one")) + server.wrap(bytes("two"))))
        assertContentEquals(message, runBlocking { client.unwrapAsync(server.wrapAsync(message)) })
        val (opened, quality) = client.unwrapWithQuality(server.wrap(message))
        assertContentEquals(message, opened)
        assertEquals(0u, quality)
        assertFailsWith<UnsupportedFunction> { client.sign(message) }
        assertFailsWith<UnsupportedFunction> { client.verify(message, ByteArray(16)) }
    }

    @Test
    fun `a stream that was changed does not open`() {
        val (client, server) = contexts()
        val sealed = client.wrap(bytes("message"))
        sealed[sealed.size - 1] = (sealed.last() + 1).toByte()
        repeat(2) { assertFailsWith<SspiException> { server.unwrap(sealed) } }
    }

    @Test
    fun `a stream ends where it was shut down`() {
        val (client, server) = contexts()
        val last = client.wrap(bytes("last")) + client.shutDown()
        assertContentEquals(bytes("last"), server.unwrap(last))
        repeat(2) { assertFailsWith<ContextExpired> { server.unwrap(ByteArray(0)) } }
        assertFailsWith<ContextExpired> { server.unwrapWithQuality(ByteArray(0)) }
        assertContentEquals(bytes("answer"), client.unwrap(server.wrap(bytes("answer"))))
        assertFailsWith<ContextExpired> { client.unwrap(server.shutDown()) }
        assertFailsWith<UnsupportedFunction> { pair().first.shutDown() }
        client.close()
        assertFailsWith<InvalidHandle> { client.shutDown() }
    }

    @Test
    fun `a stream's context answers what it is asked`() {
        val (client, server) = contexts()
        val chains = listOf(client.query(Attribute.REMOTE_CERT_CONTEXT), server.query(Attribute.LOCAL_CERT_CONTEXT))
        for (chain in chains) {
            assertContentEquals(certificate.chain.single(), assertIs<AttributeValue.Certificates>(chain).chain.single())
            assertEquals("Certificates(1)", "$chain")
        }
        for (context in listOf(client, server)) {
            val connection = assertIs<AttributeValue.OfConnection>(context.query(Attribute.CONNECTION_INFO)).connection
            assertEquals(0x0304, connection.version)
            assertTrue("1.3" in connection.versionName.replace('_', '.'), "$connection")
            assertEquals(0x1300, connection.cipherSuite and 0xFF00)
            assertTrue("TLS13_" in connection.cipherSuiteName, "$connection")
            assertTrue(!connection.keyExchange.isNullOrEmpty() && !connection.isResumed, "$connection")
            val sizes = assertIs<AttributeValue.OfStream>(context.query(Attribute.STREAM_SIZES)).sizes
            assertEquals(listOf(5, 16_384, 4, 1), sizes.run { listOf(header, maximumMessage, buffers, blockSize) })
            val bindings = assertIs<AttributeValue.Bytes>(context.query(Attribute.ENDPOINT_BINDINGS))
            val hashed = ChannelBindings.tlsServerEndPoint(certificate.chain.single())
            assertTrue(hex(hashed.applicationData) in hex(bindings.bytes), hex(bindings.bytes))
            assertEquals("CREDSSP", context.packageInfo.name)
        }
        val delegated = assertIs<AttributeValue.OfDelegated>(server.query(Attribute.CREDS)).delegated
        assertEquals(USER, assertIs<Password>(delegated).name)
    }

    @Test
    fun `the early answer is four bytes`() {
        val sent = EarlyUserAuthResult.ACCESS_DENIED.toBytes()
        assertContentEquals(byteArrayOf(5, 0, 0, 0), sent)
        assertFailsWith<LogonDenied> { EarlyUserAuthResult.fromBytes(sent).check() }
        EarlyUserAuthResult.fromBytes(EarlyUserAuthResult.SUCCESS.toBytes()).check()
        for (wrong in listOf(ByteArray(0), ByteArray(3), ByteArray(5), byteArrayOf(1, 0, 0, 0))) {
            assertFailsWith<InvalidToken> { EarlyUserAuthResult.fromBytes(wrong) }
        }
    }

    /** A connection whose reads are cut anywhere. */
    private class Wire(private val socket: Socket, seed: Int) : AutoCloseable {
        private val cuts = Random(seed)

        init {
            socket.soTimeout = 60_000
            socket.tcpNoDelay = true
        }

        fun send(bytes: ByteArray) = socket.getOutputStream().write(bytes)

        fun read(): ByteArray {
            val space = ByteArray(if (cuts.nextBoolean()) 1 + cuts.nextInt(7) else 1 + cuts.nextInt(2000))
            val count = socket.getInputStream().read(space)
            check(count > 0) { "the connection is at its end" }
            return space.copyOf(count)
        }

        override fun close() = socket.close()
    }

    /** Logs a client in and sends back what it says, until it has no more to say. */
    private fun serve(wire: Wire): Delegated? {
        val handshake = server()
        while (!handshake.done) handshake.step(wire.read())?.let(wire::send)
        val context = handshake.context
        var received = handshake.extra
        while (true) {
            val message =
                try {
                    context.unwrap(received)
                } catch (_: ContextExpired) {
                    break
                }
            wire.send(context.wrap(message))
            received = wire.read()
        }
        wire.send(context.shutDown())
        return context.delegated()
    }

    private fun talk(wire: Wire, context: Context, extra: ByteArray) {
        val message = ByteArray(50_000) { it.toByte() }
        wire.send(context.wrap(message))
        var answer = context.unwrap(extra)
        while (answer.size < message.size) answer += context.unwrap(wire.read())
        assertContentEquals(message, answer)
        wire.send(context.shutDown())
        assertFailsWith<ContextExpired> {
            while (true) assertEquals(0, context.unwrap(wire.read()).size)
        }
    }

    private val loops: Map<String, (Handshake, Wire) -> Unit> = mapOf(
        "for" to { handshake, wire ->
            for (token in handshake) {
                wire.send(token)
                if (!handshake.done) handshake.receive(wire.read())
            }
        },
        "next" to { handshake, wire ->
            while (true) {
                wire.send(handshake.next() ?: break)
                if (!handshake.done) handshake.receive(wire.read())
            }
        },
        "step" to { handshake, wire ->
            wire.send(handshake.step()!!)
            while (!handshake.done) handshake.step(wire.read())?.let(wire::send)
        },
        "nextAsync" to { handshake, wire ->
            runBlocking {
                while (true) {
                    wire.send(handshake.nextAsync() ?: break)
                    if (!handshake.done) handshake.receive(wire.read())
                }
            }
        },
        "stepAsync" to { handshake, wire ->
            runBlocking {
                wire.send(handshake.stepAsync()!!)
                while (!handshake.done) handshake.stepAsync(wire.read())?.let(wire::send)
            }
        },
    )

    @TestFactory
    fun `a login over a socket with each loop, in reads cut anywhere`() = loops.map { (name, loop) ->
        dynamicTest(name) {
            for (seed in 1..5) {
                ServerSocket(0, 1, InetAddress.getLoopbackAddress()).use { listening ->
                    var served: Result<Delegated?>? = null
                    val serving = thread {
                        served = runCatching { Wire(listening.accept(), seed).use(::serve) }
                    }
                    Wire(Socket(listening.inetAddress, listening.localPort), -seed).use { wire ->
                        val handshake = desk()
                        loop(handshake, wire)
                        talk(wire, handshake.context, handshake.extra)
                    }
                    serving.join()
                    val delegated = assertIs<Password>(served!!.getOrThrow())
                    assertEquals(USER to PASSWORD, delegated.run { this.name to password })
                }
            }
        }
    }

    private val wanted = IscReq.STREAM or IscReq.ALLOCATE_MEMORY or IscReq.DELEGATE or IscReq.MUTUAL_AUTH or
        IscReq.SEQUENCE_DETECT or IscReq.CONNECTION or IscReq.MANUAL_CRED_VALIDATION or IscReq.EXTENDED_ERROR
    private val outbound by lazy { Credential("CREDSSP", Password(USER, PASSWORD)) }
    private val inbound by lazy { Credential("CREDSSP", Identities(Accounts(mapOf(USER to PASSWORD)), certificate)) }

    /** A client's leg: the flags of the outcome, the token, and what became of the EMPTY buffer. */
    private fun initiated(context: SecurityContext, token: ByteArray?): Pair<IscRet, ByteArray> {
        val output = Buffer(BufferKind.TOKEN)
        val input = token?.let { listOf(Buffer(BufferKind.TOKEN, it), Buffer(BufferKind.EMPTY)) }.orEmpty()
        val outcome = Raw.initializeSecurityContext(outbound, context, DESK, wanted, input, listOf(output))
        return outcome.flags to output.toByteArray()
    }

    private fun accepted(
        context: SecurityContext,
        token: ByteArray,
        empty: Buffer = Buffer(BufferKind.EMPTY),
    ): Pair<Raw.Outcome<AscRet>, ByteArray> {
        val output = Buffer(BufferKind.TOKEN)
        val flags = AscReq.STREAM or AscReq.ALLOCATE_MEMORY
        val input = listOf(Buffer(BufferKind.TOKEN, token), empty)
        val outcome = Raw.acceptSecurityContext(inbound, context, flags, input, listOf(output))
        return outcome to output.toByteArray()
    }

    private fun four(bytes: ByteArray) = listOf(Buffer(BufferKind.DATA, bytes)) + List(3) { Buffer(BufferKind.EMPTY) }

    private fun encrypted(context: SecurityContext, message: ByteArray): ByteArray {
        val sizes = (Raw.queryContextAttributes(context, Attribute.STREAM_SIZES) as AttributeValue.OfStream).sizes
        val buffers = listOf(
            Buffer(BufferKind.STREAM_HEADER, ByteArray(sizes.header)),
            Buffer(BufferKind.DATA, message.copyOf()),
            Buffer(BufferKind.STREAM_TRAILER, ByteArray(sizes.trailer)),
            Buffer(BufferKind.EMPTY),
        )
        Raw.encryptMessage(context, 0u, buffers)
        return buffers.map { it.toByteArray() }.reduce(ByteArray::plus)
    }

    @Test
    fun `call by call, too few bytes are missing and too many are extra`() {
        val (client, server) = SecurityContext() to SecurityContext()
        var (_, token) = initiated(client, null)
        while (true) {
            val missing = Buffer(BufferKind.EMPTY)
            assertFailsWith<IncompleteMessage> { accepted(server, token.copyOf(token.size - 1), missing) }
            assertEquals(BufferKind.MISSING to 1, missing.kind to missing.length)
            assertNull(missing.data)
            val more = if (client.isEstablished) unhex("170303000c") + bytes("what follows") else ByteArray(0)
            val extra = Buffer(BufferKind.EMPTY)
            val (outcome, answer) = accepted(server, token + more, extra)
            if (outcome.status == Status.SEC_E_OK) {
                assertEquals(BufferKind.EXTRA to more.size, extra.kind to extra.length)
                assertTrue(AscRet.STREAM or AscRet.DELEGATE or AscRet.CONFIDENTIALITY in outcome.flags)
                break
            }
            val (flags, next) = initiated(client, answer)
            if (client.isEstablished) assertTrue(IscRet.STREAM or IscRet.MANUAL_CRED_VALIDATION in flags)
            token = next
        }
        val creds = Raw.queryContextAttributes(server, Attribute.CREDS) as AttributeValue.OfDelegated
        assertEquals(PASSWORD, assertIs<Password>(creds.delegated).password)
        assertFailsWith<NoCredentials> { Raw.queryContextAttributes(server, Attribute.CREDS) }

        val (first, second) = encrypted(client, bytes("first message")) to encrypted(client, bytes("second"))
        val cut = four(first.copyOf(first.size - 3))
        assertFailsWith<IncompleteMessage> { Raw.decryptMessage(server, cut) }
        assertEquals(BufferKind.MISSING to 3, cut[1].kind to cut[1].length)
        val buffers = four(first + second)
        Raw.decryptMessage(server, buffers)
        val kinds = listOf(BufferKind.STREAM_HEADER, BufferKind.DATA, BufferKind.STREAM_TRAILER, BufferKind.EXTRA)
        assertEquals(kinds, buffers.map { it.kind })
        assertContentEquals(bytes("first message"), buffers[1].toByteArray())
        val rest = four(buffers[3].toByteArray())
        Raw.decryptMessage(server, rest)
        assertContentEquals(bytes("second"), rest[1].toByteArray())
        assertEquals(BufferKind.EMPTY, rest[3].kind)
        val end = four(Raw.shutDownStream(client))
        assertFailsWith<ContextExpired> { Raw.decryptMessage(server, end) }
        assertFailsWith<SspiException> { Raw.shutDownStream(SecurityContext()) }
    }
}
