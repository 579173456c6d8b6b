package anysspi.tests

import anysspi.Accounts
import anysspi.AscReq
import anysspi.AscRet
import anysspi.Attribute
import anysspi.AttributeValue
import anysspi.BadBindings
import anysspi.BindingPolicy
import anysspi.BufferAttributes
import anysspi.BufferKind
import anysspi.BufferTooSmall
import anysspi.ChannelBindings
import anysspi.Credential
import anysspi.InternalError
import anysspi.InvalidHandle
import anysspi.InvalidParameter
import anysspi.InvalidToken
import anysspi.IscReq
import anysspi.IscRet
import anysspi.OutOfSequence
import anysspi.Password
import anysspi.Raw
import anysspi.Raw.Buffer
import anysspi.Raw.SecurityContext
import anysspi.SspiException
import anysspi.Status
import anysspi.UnsupportedFunction
import anysspi.Usage
import anysspi.WrongPrincipal
import anysspi.packageInfo
import anysspi.packages
import kotlin.test.assertContentEquals
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertNotSame
import kotlin.test.assertNull
import kotlin.test.assertSame
import kotlin.test.assertTrue
import org.junit.jupiter.api.Test

private val SEAL = IscReq.CONFIDENTIALITY or IscReq.INTEGRITY or IscReq.REPLAY_DETECT or IscReq.SEQUENCE_DETECT

/** The raw layer: handles, buffers and statuses, call by call. */
class RawTest {
    private val outbound = Raw.acquireCredentialsHandle(null, "NTLM", Usage.OUTBOUND, Password(USER, PASSWORD)).first
    private val inbound =
        Raw.acquireCredentialsHandle(null, "NTLM", Usage.INBOUND, Accounts(mapOf(USER to PASSWORD))).first

    private fun inputOf(token: ByteArray, bindings: Buffer?) =
        listOfNotNull(Buffer(BufferKind.TOKEN, token), bindings)

    private fun initiate(
        context: SecurityContext,
        token: ByteArray = ByteArray(0),
        credential: Credential? = outbound,
        bindings: Buffer? = null,
    ): Pair<Raw.Outcome<IscRet>, ByteArray> {
        val output = Buffer(BufferKind.TOKEN)
        val flags = SEAL or IscReq.ALLOCATE_MEMORY
        val outcome = Raw.initializeSecurityContext(credential, context, TARGET, flags, inputOf(token, bindings), listOf(output))
        return outcome to output.toByteArray()
    }

    private fun accept(
        context: SecurityContext,
        token: ByteArray,
        credential: Credential? = inbound,
        flags: AscReq = AscReq(0uL),
        bindings: Buffer? = null,
    ): Pair<Raw.Outcome<AscRet>, ByteArray> {
        val output = Buffer(BufferKind.TOKEN)
        val outcome = Raw.acceptSecurityContext(
            credential, context, flags or AscReq.ALLOCATE_MEMORY, inputOf(token, bindings), listOf(output),
        )
        return outcome to output.toByteArray()
    }

    private fun run(
        client: SecurityContext,
        server: SecurityContext,
        flags: AscReq = AscReq(0uL),
        bindings: (() -> Buffer)? = null,
    ): Status {
        val (_, offer) = initiate(client)
        val (_, challenge) = accept(server, offer, flags = flags, bindings = bindings?.invoke())
        val (_, proof) = initiate(client, challenge)
        return accept(server, proof, flags = flags).first.status
    }

    private fun pair() =
        (SecurityContext() to SecurityContext()).also { (client, server) -> run(client, server) }

    private fun seal(context: SecurityContext, message: ByteArray): ByteArray {
        val buffers = listOf(Buffer(BufferKind.TOKEN, ByteArray(16)), Buffer(BufferKind.DATA, message.copyOf()))
        Raw.encryptMessage(context, 0u, buffers)
        return buffers[0].toByteArray() + buffers[1].toByteArray()
    }

    @Test
    fun `statuses and flags are those of the interface`() {
        val (client, server) = SecurityContext() to SecurityContext()
        val (begun, offer) = initiate(client)
        assertEquals(Status.SEC_I_CONTINUE_NEEDED, begun.status)
        assertTrue(!client.isEstablished)
        val (asked, challenge) = accept(server, offer)
        assertEquals(Status.SEC_I_CONTINUE_NEEDED, asked.status)
        val (proven, proof) = initiate(client, challenge)
        assertEquals(Status.SEC_E_OK, proven.status)
        assertTrue(client.isEstablished)
        val flags = IscRet.INTEGRITY or IscRet.CONFIDENTIALITY or IscRet.REPLAY_DETECT or
            IscRet.SEQUENCE_DETECT or IscRet.CONNECTION or IscRet.ALLOCATED_MEMORY
        assertEquals(flags, proven.flags)
        assertNull(proven.expiry)
        assertEquals("Outcome(SEC_E_OK)", "$proven")
        assertTrue("INTEGRITY" in "${proven.flags}" && "${IscReq(0uL)}" == "0")
        val (done, nothing) = accept(server, proof)
        assertEquals(Status.SEC_E_OK to 0, done.status to nothing.size)
        assertTrue(AscRet.INTEGRITY or AscRet.NO_ADDITIONAL_TOKEN in done.flags)
    }

    @Test
    fun `packages have the names of the interface`() {
        assertEquals(packages(), Raw.enumerateSecurityPackages())
        assertEquals(packageInfo("NTLM"), Raw.querySecurityPackageInfo("ntlm"))
    }

    @Test
    fun `credentials say whose they are, and can be freed`() {
        val (credential, expiry) = Raw.acquireCredentialsHandle(null, "NTLM", Usage.OUTBOUND, Password(USER, PASSWORD))
        assertEquals(USER to null, Raw.queryCredentialsAttributes(credential) to expiry)
        val (client, server) = SecurityContext() to SecurityContext()
        val (_, offer) = initiate(client, credential = credential)
        Raw.freeCredentialsHandle(credential)
        val calls = listOf<() -> Any?>(
            { Raw.freeCredentialsHandle(credential) },
            { Raw.queryCredentialsAttributes(credential) },
            { initiate(SecurityContext(), credential = credential) },
            { anysspi.initiate("NTLM", credential = credential) },
        )
        for (call in calls) assertTrue("freed" in assertFailsWith<InvalidHandle> { call() }.context)
        val (_, proof) = initiate(client, accept(server, offer).second, credential = null)
        assertEquals(Status.SEC_E_OK, accept(server, proof).first.status)
    }

    @Test
    fun `output is allocated where that is asked for`() {
        val output = Buffer(BufferKind.TOKEN)
        val flags = SEAL or IscReq.ALLOCATE_MEMORY
        Raw.initializeSecurityContext(outbound, SecurityContext(), null, flags, emptyList(), listOf(output))
        assertEquals(40 to 40, output.length to output.data!!.size)
        assertContentEquals(output.data, output.toByteArray())
    }

    @Test
    fun `a buffer that is too small says what is needed and loses nothing`() {
        for (size in listOf(0, 39)) {
            val (client, server) = SecurityContext() to SecurityContext()
            val short = Buffer(BufferKind.TOKEN, ByteArray(size))
            assertFailsWith<BufferTooSmall> {
                Raw.initializeSecurityContext(outbound, client, TARGET, SEAL, emptyList(), listOf(short))
            }
            assertEquals(40, short.length)
            val space = ByteArray(64)
            val output = Buffer(BufferKind.TOKEN, space)
            val outcome = Raw.initializeSecurityContext(outbound, client, TARGET, SEAL, emptyList(), listOf(output))
            assertEquals(Status.SEC_I_CONTINUE_NEEDED, outcome.status)
            assertSame(space, output.data)
            assertContentEquals(space.copyOf(40), output.toByteArray())
            val (_, challenge) = accept(server, output.toByteArray())
            assertEquals(Status.SEC_E_OK, accept(server, initiate(client, challenge).second).first.status)
        }
    }

    @Test
    fun `handles that are null or of the other side are invalid`() {
        val context = SecurityContext()
        val data = listOf(Buffer(BufferKind.DATA, ByteArray(4)))
        val calls = listOf<() -> Any?>(
            { Raw.queryContextAttributes(context, Attribute.SIZES) },
            { Raw.querySecurityContextToken(context) },
            { Raw.completeAuthToken(context, emptyList()) },
            { Raw.makeSignature(context, 0u, data) },
            { Raw.verifySignature(context, data) },
            { Raw.encryptMessage(context, 0u, data) },
            { Raw.decryptMessage(context, data) },
            { initiate(context, credential = null) },
            { Raw.deleteSecurityContext(context) },
        )
        for (call in calls) assertFailsWith<InvalidHandle> { call() }
        val (_, token) = initiate(context)
        assertFailsWith<InvalidHandle> { accept(context, token) }
        assertFailsWith<OutOfSequence> { Raw.queryContextAttributes(context, Attribute.SIZES) }
    }

    @Test
    fun `a deleted context is invalid`() {
        val (client, server) = pair()
        Raw.deleteSecurityContext(client)
        assertTrue(!client.isEstablished)
        val calls = listOf<() -> Any?>(
            { initiate(client) },
            { Raw.queryContextAttributes(client, Attribute.SIZES) },
            { Raw.encryptMessage(client, 0u, emptyList()) },
            { Raw.deleteSecurityContext(client) },
        )
        for (call in calls) assertFailsWith<InvalidHandle> { call() }
        assertEquals(AttributeValue.Name(USER), Raw.queryContextAttributes(server, Attribute.NAMES))
    }

    @Test
    fun `a call after success authenticates anew`() {
        val (client, server) = pair()
        val before = Raw.queryContextAttributes(client, Attribute.SESSION_KEY)
        assertEquals(Status.SEC_E_OK, run(client, server))
        val after = Raw.queryContextAttributes(client, Attribute.SESSION_KEY)
        assertEquals(Raw.queryContextAttributes(server, Attribute.SESSION_KEY), after)
        assertTrue(before != after)
    }

    @Test
    fun `a failed context stays failed`() {
        val server = SecurityContext()
        val errors = listOf(bytes("nonsense"), initiate(SecurityContext()).second)
            .map { token -> assertFailsWith<InvalidToken> { accept(server, token) } }
        assertEquals(errors[0].message, errors[1].message)
        assertNotSame(errors[0], errors[1])
        Raw.deleteSecurityContext(server)
    }

    @Test
    fun `channel bindings come in a buffer or are set`() {
        fun structure(text: String) = ChannelBindings(bytes("tls-server-end-point:$text")).toStructure()
        val missing = AscReq.ALLOW_MISSING_BINDINGS
        val cases = listOf(
            listOf("right", AscReq(0uL), null, true),
            listOf(null, missing, null, true),
            listOf("wrong", AscReq(0uL), null, false),
            listOf("wrong", missing, null, false),
            listOf(null, AscReq(0uL), null, false),
            listOf(null, AscReq(0uL), BindingPolicy.WHEN_SUPPORTED, true),
            listOf("wrong", AscReq(0uL), BindingPolicy.NEVER, true),
        )
        for ((ofClient, flags, policy, stands) in cases) {
            val (client, server) = SecurityContext() to SecurityContext(policy as BindingPolicy?)
            ofClient?.let { Raw.setContextAttributes(client, Attribute.ENDPOINT_BINDINGS, structure("$it")) }
            val call = {
                run(client, server, flags as AscReq) { Buffer(BufferKind.CHANNEL_BINDINGS, structure("right")) }
            }
            if (stands == true) assertEquals(Status.SEC_E_OK, call()) else assertFailsWith<BadBindings> { call() }
        }
        assertFailsWith<InvalidParameter> {
            val cut = Buffer(BufferKind.CHANNEL_BINDINGS, structure("x").copyOf(31))
            initiate(SecurityContext(), bindings = cut)
        }
    }

    @Test
    fun `target names are checked where some are given`() {
        run(SecurityContext(), SecurityContext(acceptedTargets = listOf(TARGET)))
        assertFailsWith<WrongPrincipal> { run(SecurityContext(), SecurityContext(acceptedTargets = listOf("CIFS/x"))) }
    }

    @Test
    fun `an established context answers`() {
        val (client, server) = pair()
        val sizes = Raw.queryContextAttributes(client, Attribute.SIZES) as AttributeValue.OfSizes
        assertEquals(16, sizes.sizes.securityTrailer)
        val token = Raw.querySecurityContextToken(server)
        assertEquals(listOf(USER, false, false, null), token.run { listOf(user, isAnonymous, identifyOnly, expiry) })
        assertFailsWith<UnsupportedFunction> { Raw.querySecurityContextToken(client) }
        assertFailsWith<UnsupportedFunction> { Raw.queryContextAttributes(client, Attribute(4711u)) }
        assertFailsWith<SspiException> { Raw.setContextAttributes(client, Attribute.SESSION_KEY, ByteArray(16)) }
        val completed = assertFailsWith<SspiException> {
            Raw.completeAuthToken(client, listOf(Buffer(BufferKind.TOKEN, bytes("x"))))
        }
        assertTrue(completed !is InternalError)
    }

    @Test
    fun `what a look-up throws is the cause, and it may not touch the context`() {
        var refused: SspiException? = null
        var server: SecurityContext? = null
        val thrown = AssertionError("away")
        val store = Accounts { _, _, _ ->
            refused = assertFailsWith<OutOfSequence> { Raw.deleteSecurityContext(server!!) }
            throw thrown
        }
        val (credential, _) = Raw.acquireCredentialsHandle(null, "NTLM", Usage.INBOUND, store)
        val client = SecurityContext()
        server = SecurityContext()
        val (_, challenge) = accept(server, initiate(client).second, credential)
        val (_, proof) = initiate(client, challenge)
        repeat(2) { assertSame(thrown, assertFailsWith<InternalError> { accept(server, proof) }.cause) }
        assertTrue("another call" in refused!!.context)
    }

    @Test
    fun `a message is encrypted and decrypted in its place`() {
        val (client, server) = pair()
        val (token, data) = ByteArray(16) to bytes("a message")
        val buffers = listOf(Buffer(BufferKind.TOKEN, token), Buffer(BufferKind.DATA, data))
        Raw.encryptMessage(client, 0u, buffers)
        assertTrue(!data.contentEquals(bytes("a message")) && !token.contentEquals(ByteArray(16)))
        assertSame(data, buffers[1].data)
        assertEquals(0u, Raw.decryptMessage(server, buffers))
        assertContentEquals(bytes("a message"), data)
    }

    @Test
    fun `a signature is made and checked`() {
        val (client, server) = pair()
        val buffers = listOf(Buffer(BufferKind.DATA, bytes("in the clear")), Buffer(BufferKind.TOKEN, ByteArray(16)))
        Raw.makeSignature(client, 0u, buffers)
        assertContentEquals(bytes("in the clear"), buffers[0].toByteArray())
        // SECQOP_WRAP_NO_ENCRYPT
        assertEquals(NO_ENCRYPT, Raw.verifySignature(server, buffers))
        assertFailsWith<OutOfSequence> { Raw.verifySignature(server, buffers) }
    }

    @Test
    fun `what is read only is signed and not encrypted`() {
        val (client, server) = pair()
        val header = Buffer(BufferKind.DATA, bytes("header"), BufferAttributes.READONLY_WITH_CHECKSUM)
        val body = Buffer(BufferKind.DATA, bytes("body"))
        val buffers = listOf(Buffer(BufferKind.TOKEN, ByteArray(16)), header, body)
        Raw.encryptMessage(client, 0u, buffers)
        assertContentEquals(bytes("header"), header.toByteArray())
        assertTrue(!body.toByteArray().contentEquals(bytes("body")))
        Raw.decryptMessage(server, buffers)
        assertContentEquals(bytes("body"), body.toByteArray())
    }

    @Test
    fun `the message in a stream is in the stream's array`() {
        for (size in listOf(0, 1, 9, 100_000)) {
            val (client, server) = pair()
            val stream = seal(client, ByteArray(size) { 'm'.code.toByte() })
            val buffers = listOf(Buffer(BufferKind.STREAM, stream), Buffer(BufferKind.DATA))
            assertEquals(0u, Raw.decryptMessage(server, buffers))
            assertEquals(size, buffers[1].length)
            assertContentEquals(ByteArray(size) { 'm'.code.toByte() }, buffers[1].toByteArray())
            if (size > 0) {
                assertSame(stream, buffers[1].data)
                assertEquals(16, buffers[1].offset)
            }
        }
    }

    @Test
    fun `the length that a token needs is told`() {
        val (client, server) = pair()
        val message = Buffer(BufferKind.DATA, bytes("a message"))
        for (short in listOf(Buffer(BufferKind.TOKEN, ByteArray(15)), Buffer(BufferKind.TOKEN, ByteArray(0)))) {
            assertFailsWith<BufferTooSmall> { Raw.encryptMessage(client, 0u, listOf(short, message)) }
            assertEquals(16, short.length)
        }
        assertContentEquals(bytes("a message"), message.toByteArray())
        val token = Buffer(BufferKind.TOKEN, ByteArray(16))
        Raw.encryptMessage(client, 0u, listOf(token, message))
        Raw.decryptMessage(server, listOf(token, message))
        assertContentEquals(bytes("a message"), message.toByteArray())
    }

    @Test
    fun `what counts of a buffer is what the next call reads`() {
        val (client, server) = SecurityContext() to SecurityContext()
        fun space() = Buffer(BufferKind.TOKEN, ByteArray(4096))
        val (token, answer, proof) = Triple(space(), space(), space())
        Raw.initializeSecurityContext(outbound, client, TARGET, SEAL, emptyList(), listOf(token))
        Raw.acceptSecurityContext(inbound, server, AscReq(0uL), listOf(token), listOf(answer))
        Raw.initializeSecurityContext(null, client, TARGET, SEAL, listOf(answer), listOf(proof))
        val outcome = Raw.acceptSecurityContext(null, server, AscReq(0uL), listOf(proof), listOf(answer))
        assertEquals(Status.SEC_E_OK, outcome.status)
    }

    @Test
    fun `memory and buffers belong to one place in a call`() {
        val (client, _) = pair()
        val space = ByteArray(32)
        val shared = listOf(Buffer(BufferKind.TOKEN, space), Buffer(BufferKind.DATA, space))
        assertTrue("share" in assertFailsWith<InvalidParameter> { Raw.makeSignature(client, 0u, shared) }.context)
        val twice = Buffer(BufferKind.DATA, bytes("message"))
        val buffers = listOf(Buffer(BufferKind.TOKEN, ByteArray(16)), twice, twice)
        assertTrue("twice" in assertFailsWith<InvalidParameter> { Raw.makeSignature(client, 0u, buffers) }.context)
        assertContentEquals(ByteArray(32), space)
        Raw.makeSignature(client, 0u, buffers.take(2))
    }

    @Test
    fun `a buffer says what it is and not what it holds`() {
        val buffer = Buffer(BufferKind.DATA, bytes("some"), BufferAttributes.READONLY)
        assertEquals("Buffer(DATA, 4 bytes)", "$buffer")
        assertEquals(BufferKind.DATA to BufferAttributes.READONLY, buffer.kind to buffer.attributes)
        val empty = Buffer(BufferKind.TOKEN)
        assertEquals(listOf(null, 0, 0), listOf(empty.data, empty.length, empty.toByteArray().size))
        assertEquals("0x00001267", "${BufferKind(4711u)}")
    }
}
