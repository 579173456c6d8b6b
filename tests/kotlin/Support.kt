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
import anysspi.bridge.HandshakeOptions
import anysspi.bridge.NativeSurroundings
import anysspi.initiate
import java.io.File
import kotlin.test.assertContentEquals
import kotlin.test.assertEquals
import org.junit.jupiter.api.DynamicTest
import org.junit.jupiter.api.DynamicTest.dynamicTest

internal const val USER = "CORP\\alice"
internal const val PASSWORD = "Passw0rd!"
internal const val HOST = "server.example.com"
internal const val TARGET = "HTTP/$HOST"
internal const val DESK = "TERMSRV/$HOST"

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

private fun optionsOf(packageName: String, end: Shared, isAcceptor: Boolean, identities: List<Identity>) =
    HandshakeOptions(
        packageName,
        isAcceptor,
        credential = null,
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
        end.texts("allow").map(Allow::valueOf).bits(),
        if ("packages" in end) end.texts("packages") else null,
        end.texts("without_packages"),
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

/** The two ends of a case of handshake.json. */
internal fun open(shared: Shared): Exchange {
    val (client, server) = shared["client"] as Shared to shared["server"] as Shared
    val name = shared.text("package")!!
    fun start(end: Shared, isAcceptor: Boolean, identities: List<Identity>): Handshake {
        val now = (end["now"] ?: shared["now"]) as Long
        val around = surroundings(now, end["entropy"] as Long, end.text("host")!!)
        return Handshake.start(optionsOf(name, end, isAcceptor, identities), around::start)
    }
    val acceptor = start(server, true, serverIdentitiesOf(server))
    return Exchange(start(client, false, clientIdentitiesOf(client)), acceptor, changeOf(shared))
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

/** Runs a case of handshake.json; checks the tokens as they came in, and the result. */
internal fun runCase(shared: Shared, run: (Exchange) -> Pair<Context, Context>) {
    var exchange: Exchange? = null
    val result =
        try {
            exchange = open(shared)
            resultOf(run(exchange))
        } catch (error: SspiException) {
            failureOf(exchange?.side ?: "client", error)
        }
    assertEquals(shared["result"], result)
    assertEquals<Any?>(shared["tokens"], exchange?.tokens.orEmpty().map(::hex))
}

/** The contexts of a case of handshake.json. */
internal fun standing(name: String): Pair<Context, Context> =
    open(cases("handshake.json").single { it["name"] == name }).run()
