package anysspi.tests

import anysspi.Account
import anysspi.AccountState
import anysspi.AccountStore
import anysspi.Accounts
import anysspi.Allow
import anysspi.Anonymous
import anysspi.Context
import anysspi.CredentialCache
import anysspi.CredentialSource
import anysspi.Flag
import anysspi.Handshake
import anysspi.Identity
import anysspi.Keytab
import anysspi.NtHash
import anysspi.Password
import anysspi.SspiException
import anysspi.accept
import anysspi.bits
import anysspi.bridge.CredentialOptions
import anysspi.bridge.HandshakeOptions
import anysspi.bridge.NativeCredential
import anysspi.bridge.NativeSurroundings
import anysspi.initiate
import java.io.File
import kotlin.test.assertContentEquals
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import org.junit.jupiter.api.DynamicTest
import org.junit.jupiter.api.DynamicTest.dynamicTest

internal const val USER = "CORP\\alice"
internal const val PASSWORD = "Passw0rd!"
internal const val HOST = "server.example.com"
internal const val TARGET = "HTTP/$HOST"
internal const val DESK = "TERMSRV/$HOST"

/** `SECQOP_WRAP_NO_ENCRYPT` */
internal const val NO_ENCRYPT = 0x80000001u

internal typealias Shared = Map<*, *>

internal fun bytes(text: String): ByteArray = text.encodeToByteArray()

@OptIn(ExperimentalStdlibApi::class)
internal fun hex(bytes: ByteArray): String = bytes.toHexString()

@OptIn(ExperimentalStdlibApi::class)
internal fun unhex(text: String): ByteArray = text.hexToByteArray()

/** Tokens between two ends, with somebody on the way who may change them. */
internal class Exchange(
    private val client: Handshake,
    private val server: Handshake,
    private val change: (List<ByteArray>, ByteArray) -> ByteArray = { _, token -> token },
) {
    val tokens = mutableListOf<ByteArray>()

    /** The end whose turn it is: after an error, the one that threw it. */
    val side: String get() = if (tokens.size % 2 == 0) "client" else "server"

    private val turn: Handshake get() = if (tokens.size % 2 == 0) client else server

    /** Whether the token that a step gave was the last. */
    private fun passed(token: ByteArray?): Boolean {
        if (token != null) tokens += change(tokens, token)
        return token == null || turn.done
    }

    private fun contexts() = client.context to server.context

    fun run(): Pair<Context, Context> {
        while (!passed(turn.step(tokens.lastOrNull()))) continue
        return contexts()
    }

    suspend fun runAsync(): Pair<Context, Context> {
        while (!passed(turn.stepAsync(tokens.lastOrNull()))) continue
        return contexts()
    }
}

internal fun clientOf(packageName: String = "NTLM", credential: CredentialSource = Password(USER, PASSWORD)) =
    initiate(packageName, target = TARGET, credential = credential)

internal fun serverOf(
    packageName: String = "NTLM",
    credential: CredentialSource = Accounts(mapOf(USER to PASSWORD)),
) = accept(packageName, credential = credential)

/** The contexts of both ends after a handshake. */
internal fun pair(client: Handshake = clientOf(), server: Handshake = serverOf()): Pair<Context, Context> =
    Exchange(client, server).run()

/** A server that calls the look-up when it gets the token. */
internal fun pendingServer(packageName: String = "NTLM", store: AccountStore): Pair<Handshake, ByteArray> {
    val (client, server) = clientOf(packageName) to serverOf(packageName, Accounts(store))
    return server to client.step(server.step(client.step()))!!
}

internal fun readShared(name: String): Shared =
    Json.read(File("tests/cases/$name").readText()) as Shared

internal fun cases(name: String): List<Shared> = (readShared(name)["cases"] as List<*>).map { it as Shared }

/** A test for each case of a file, by its name. */
internal fun forCases(name: String, test: (Shared) -> Unit): List<DynamicTest> =
    cases(name).map { case -> dynamicTest(case["name"] as String) { test(case) } }

internal fun Shared.text(name: String): String? = this[name] as String?

@Suppress("UNCHECKED_CAST")
internal fun Shared.texts(name: String): List<String> = this[name] as List<String>? ?: emptyList()

private fun Shared.flags(name: String) = texts(name).map(Flag::valueOf).bits()

private fun Shared.packages() = if ("packages" in this) texts("packages") else null

private fun Shared.allow() = texts("allow").map(Allow::valueOf).bits()

private fun optionsOf(
    packageName: String,
    end: Shared,
    isAcceptor: Boolean,
    identities: List<Identity> = emptyList(),
    credential: NativeCredential? = null,
) =
    HandshakeOptions(
        packageName,
        isAcceptor,
        credential,
        identities.map { it.native },
        end.text("target"),
        end.texts("accepted_targets"),
        end.flags("require"),
        end.flags("request"),
        end.flags("relax"),
        end.flags("without"),
        end.text("bindings")?.let(::unhex),
        end.text("binding_policy"),
        delegation = null,
        end.allow(),
        end.packages(),
        end.texts("without_packages"),
    )

/** What a server's credentials are acquired with. */
private fun credentialOptionsOf(packageName: String, end: Shared) =
    CredentialOptions(
        packageName,
        usage = 0u,
        principal = null,
        serverIdentitiesOf(end).map { it.native },
        end.allow(),
        end.packages(),
        end.texts("without_packages"),
        delegation = null,
    )

private fun userOf(end: Shared): Identity? {
    val user = end.text("user") ?: return null
    val password = end.text("password") ?: return NtHash(user, unhex(end.text("nt_hash")!!), end.text("domain"))
    return Password(user, password, end.text("domain"))
}

/** Who a client is; nobody where nothing is said. */
private fun clientIdentitiesOf(end: Shared): List<Identity> {
    val cache = end.text("cache")?.let { CredentialCache(unhex(it)) }
    return listOfNotNull(cache, userOf(end)).ifEmpty { listOf(Anonymous()) }
}

/** What a server has to check its clients with; no accounts where nothing is said. */
private fun serverIdentitiesOf(end: Shared): List<Identity> {
    val keytab = end.text("keytab")?.let { Keytab(unhex(it)) }
    val accounts = (end["accounts"] as List<*>?)?.let { all -> Accounts(all.map { accountOf(it as Shared) }) }
    return listOfNotNull(keytab, accounts).ifEmpty { listOf(Accounts(emptyList<Account>())) }
}

internal fun accountOf(account: Shared): Account =
    Account(
        account.text("name")!!,
        account.text("password"),
        account.text("nt_hash")?.let(::unhex),
        AccountState.valueOf((account.text("state") ?: "active").uppercase()),
    )

private fun changeOf(shared: Shared) = { earlier: List<ByteArray>, arriving: ByteArray ->
    var token = arriving
    for (what in (shared["change"] as List<*>? ?: emptyList<Shared>()).map { it as Shared }) {
        if ((what["leg"] as Long).toInt() != earlier.size) continue
        what.text("token")?.let { token = unhex(it) }
        (what["of_leg"] as Long?)?.let { token = earlier[it.toInt()] }
        (what["truncate"] as Long?)?.let { token = token.copyOf(it.toInt()) }
        what.text("xor")?.let { masks ->
            token = token.copyOf()
            val from = (what["at"] as Long).toInt()
            unhex(masks).forEachIndexed { at, mask ->
                token[from + at] = (token[from + at].toInt() xor mask.toInt()).toByte()
            }
        }
    }
    token
}

/** Surroundings in which everything is known. */
internal fun surroundings(now: Long, entropy: Long, host: String, failing: UInt = 0u): NativeSurroundings =
    NativeSurroundings.fixed(now.toULong(), entropy.toUByte(), host, failing)

/** The two ends of a case of handshake.json, and what makes another server with the same credentials. */
private class Opened(val exchange: Exchange, val serve: () -> Handshake)

private fun open(shared: Shared): Opened {
    val (client, server) = shared["client"] as Shared to shared["server"] as Shared
    val name = shared.text("package")!!
    fun around(end: Shared) =
        surroundings((end["now"] ?: shared["now"]) as Long, end["entropy"] as Long, end.text("host")!!)
    val (here, there) = around(client) to around(server)
    val credential = there.acquire(credentialOptionsOf(name, server))
    // They were acquired with these.
    val rest = server.filterKeys { it !in listOf("allow", "packages", "without_packages") }
    val serve = {
        Handshake.start(optionsOf(name, rest, isAcceptor = true, credential = credential), there::start)
    }
    val acceptor = serve()
    val options = optionsOf(name, client, isAcceptor = false, clientIdentitiesOf(client))
    return Opened(Exchange(Handshake.start(options, here::start), acceptor, changeOf(shared)), serve)
}

private fun resultOf(contexts: Pair<Context, Context>): Map<String, Any> {
    val (client, server) = contexts
    assertContentEquals(client.sessionKey, server.sessionKey)
    assertEquals(client.flags, server.flags)
    return mapOf(
        "status" to "SEC_E_OK",
        "session_key" to hex(server.sessionKey),
        "client" to server.client,
        "flags" to server.flags.map { it.name },
    )
}

private fun failureOf(side: String, error: SspiException): Map<String, Any> {
    val result = mapOf("status" to error.symbol, "side" to side)
    val code = error.ntStatus?.let { "0x%08X".format(it.toLong()) }
        ?: error.kerberosCode?.let { "Kerberos error $it" }
        ?: return result
    return result + ("code" to code)
}

/** What becomes of a token that comes again, in another handshake of the same credentials. */
private fun repeated(opened: Opened, leg: Int): Map<String, Any> =
    failureOf("server", assertFailsWith<SspiException> { opened.serve().step(opened.exchange.tokens[leg]) })

/** Runs a case of handshake.json; checks the tokens as they came in, and the result. */
internal fun runCase(shared: Shared, run: (Exchange) -> Pair<Context, Context>) {
    var opened: Opened? = null
    val result =
        try {
            opened = open(shared)
            val stood = resultOf(run(opened.exchange))
            (shared["repeat"] as Long?)?.let { repeated(opened, it.toInt()) } ?: stood
        } catch (error: SspiException) {
            failureOf(opened?.exchange?.side ?: "client", error)
        }
    assertEquals(shared["result"], result)
    assertEquals<Any?>(shared["tokens"], opened?.exchange?.tokens.orEmpty().map(::hex))
}

/** The contexts of a case of handshake.json. */
internal fun standing(name: String): Pair<Context, Context> =
    open(cases("handshake.json").single { it["name"] == name }).exchange.run()
