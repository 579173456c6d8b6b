package anysspi.tests

import anysspi.Account
import anysspi.AccountState
import anysspi.AccountStore
import anysspi.Accounts
import anysspi.Context
import anysspi.InternalError
import anysspi.InvalidParameter
import anysspi.LogonDenied
import anysspi.NtHash
import anysspi.Password
import anysspi.SspiException
import anysspi.bridge.Found
import anysspi.bridge.LookUp
import anysspi.bridge.NativeEnd
import anysspi.bridge.NativeIdentity
import java.io.ByteArrayOutputStream
import java.io.PrintStream
import java.nio.file.Files
import java.nio.file.Path
import java.nio.file.attribute.FileTime
import java.time.Instant
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertNull
import kotlin.test.assertSame
import kotlin.test.assertTrue
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.DynamicTest
import org.junit.jupiter.api.DynamicTest.dynamicTest
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.TestFactory
import org.junit.jupiter.api.io.TempDir

/** Account stores: files, maps, lists, and functions of the application. */
class AccountsTest {
    @TempDir lateinit var folder: Path

    private val ntStatus = mapOf(
        "disabled" to 0xC0000072u,
        "expired" to 0xC0000193u,
        "locked" to 0xC0000234u,
        "password_expired" to 0xC0000071u,
        "must_change_password" to 0xC0000224u,
        "outside_logon_hours" to 0xC000006Fu,
        "workstation_not_allowed" to 0xC0000070u,
    )

    /** An account as a line of a file has it. */
    private class Line(val name: String, val password: String?, val ntHash: ByteArray?, val state: AccountState) {
        fun account() = Account(name, password, ntHash, state)

        fun identity(user: String, domain: String?) =
            if (ntHash != null) NtHash(user, ntHash, domain) else Password(user, password!!, domain)
    }

    private fun linesOf(shared: Shared): List<Line> =
        shared.texts("file").mapNotNull { line ->
            val parts = line.split(":")
            val (first, second) = parts[0] to parts.getOrElse(1) { "" }
            val rest = parts.drop(2)
            when {
                rest.size > 2 -> {
                    val states = mapOf("[U" to AccountState.ACTIVE, "[UD" to AccountState.DISABLED, "[UL" to AccountState.LOCKED)
                    states[rest[2].substringBefore(' ')]?.let { Line(first, null, unhex(rest[1]), it) }
                }
                second.isEmpty() -> null
                else -> Line(if (first.isEmpty()) second else "$first\\$second", rest.joinToString(":"), null, AccountState.ACTIVE)
            }
        }

    private fun fileOf(shared: Shared): Accounts {
        val file = folder.resolve("accounts")
        Files.writeString(file, shared.texts("file").joinToString("\n"))
        return Accounts(file)
    }

    private fun check(shared: Shared, accounts: Accounts) {
        val all = linesOf(shared)
        for (asked in (shared["look_ups"] as List<*>).map { it as Shared }) {
            val (user, found) = asked.text("user")!! to asked.text("found")
            val domain = asked.text("domain")?.ifEmpty { null }
            val known = all.filter { it.name == found }.toMutableList()
            assertEquals(if (found == null) 0 else 1, known.size)
            asked.text("nt_hash")?.let { known += Line(user, null, unhex(it), AccountState.ACTIVE) }
            // Of a user that nobody knows, no key of the others is the right one.
            val tried = if (found == null) all + Line(USER, PASSWORD, null, AccountState.ACTIVE) else known
            for (line in tried) {
                val login = { pair(clientOf(credential = line.identity(user, domain)), serverOf(credential = accounts)) }
                if (found != null && "state" !in asked) {
                    assertEquals(found, login().second.client)
                } else {
                    assertEquals(ntStatus[asked.text("state")], assertFailsWith<LogonDenied> { login() }.ntStatus)
                }
            }
        }
    }

    private fun forAccepted(test: (Shared) -> Unit): List<DynamicTest> =
        cases("accounts.json").filter { "refused" !in it }.map { dynamicTest(it.text("name")) { test(it) } }

    @TestFactory
    fun `the shared cases pass with a file`() = forAccepted { check(it, fileOf(it)) }

    @TestFactory
    fun `the shared cases pass with a list`() =
        forAccepted { shared -> check(shared, Accounts(linesOf(shared).map { it.account() })) }

    @TestFactory
    fun `a file is refused`() =
        cases("accounts.json").filter { "refused" in it }.map { shared ->
            dynamicTest(shared.text("name")) {
                val error = assertFailsWith<SspiException> { fileOf(shared) }
                assertTrue(shared.text("refused")!! in error.message!!, error.message)
                assertTrue("Password" !in error.message!!)
            }
        }

    @Test
    fun `a file that is not there is named`() {
        val error = assertFailsWith<SspiException> { Accounts(Path.of("/nowhere/at/all")) }
        assertTrue("/nowhere/at/all" in error.context)
    }

    @Test
    fun `a file is read anew when it changes`() {
        val file = Files.writeString(folder.resolve("accounts"), "CORP:alice:before")
        val accounts = Accounts(file)
        fun login(password: String) =
            pair(clientOf(credential = Password(USER, password)), serverOf(credential = accounts)).second.client
        assertEquals(USER, login("before"))
        Files.writeString(file, "CORP:alice:after!")
        Files.setLastModifiedTime(file, FileTime.from(Instant.ofEpochSecond(2_000_000_000)))
        assertEquals(USER, login("after!"))
        assertFailsWith<LogonDenied> { login("before") }
    }

    @Test
    fun `maps and lists are read once`() {
        val (map, list) = mutableMapOf(USER to PASSWORD) to mutableListOf(Account(USER, PASSWORD))
        val both = listOf(Accounts(map), Accounts(list))
        map.clear()
        list.clear()
        for (accounts in both) assertEquals(USER, pair(server = serverOf(credential = accounts)).second.client)
    }

    @Test
    fun `an account that may not log on is told only to who knows the password`() {
        assertEquals(ntStatus.keys + "active", AccountState.entries.map { it.name.lowercase() }.toSet())
        for ((state, code) in ntStatus) {
            val account = Account(USER, PASSWORD, state = AccountState.valueOf(state.uppercase()))
            for (accounts in listOf(Accounts(listOf(account)), Accounts { _, _, _ -> account })) {
                fun refused(password: String) = assertFailsWith<LogonDenied> {
                    pair(clientOf(credential = Password(USER, password)), serverOf(credential = accounts))
                }
                assertEquals(code, refused(PASSWORD).ntStatus)
                assertNull(refused("wrong").ntStatus)
            }
        }
    }

    @Test
    fun `an account ends at its time`() {
        fun login(seconds: Long): Context {
            val account = Account(USER, PASSWORD, expiry = Instant.now().plusSeconds(seconds))
            return pair(server = serverOf(credential = Accounts(listOf(account)))).second
        }
        assertEquals(ntStatus["expired"], assertFailsWith<LogonDenied> { login(-3600) }.ntStatus)
        assertEquals(USER, login(3600).client)
    }

    @Test
    fun `what is no account is refused`() {
        val wrong = mapOf(
            Account(USER) to "needs a password or an NT hash",
            Account(USER, PASSWORD, ByteArray(16)) to "needs a password or an NT hash",
            Account(USER, ntHash = ByteArray(15)) to "16 bytes, not 15",
        )
        for ((account, text) in wrong) {
            val listed = assertFailsWith<InvalidParameter> { Accounts(listOf(account)) }
            assertTrue(text in listed.context, listed.context)
            val (server, proof) = pendingServer { _, _, _ -> account }
            assertTrue(text in assertFailsWith<InvalidParameter> { server.step(proof) }.context)
        }
    }

    @Test
    fun `a look-up is told who, and may say nobody`() {
        val asked = mutableListOf<List<String>>()
        val store = AccountStore { user, domain, packageName ->
            asked += listOf(user, domain, packageName)
            if (user == "alice") Account(USER, PASSWORD) else null
        }
        for (packageName in listOf("NTLM", "Negotiate")) {
            val (_, context) = pair(clientOf(packageName), serverOf(packageName, Accounts(store)))
            assertEquals(USER, context.client)
        }
        val stranger = clientOf(credential = Password("CORP\\mallory", PASSWORD))
        assertFailsWith<LogonDenied> { pair(stranger, serverOf(credential = Accounts(store))) }
        assertEquals(
            listOf(listOf("alice", "CORP", "NTLM"), listOf("alice", "CORP", "NTLM"), listOf("mallory", "CORP", "NTLM")),
            asked,
        )
    }

    private class OutOfOrder : Exception("the database is away")

    @TestFactory
    fun `what a look-up throws is the cause of the error, every time`() =
        listOf(
            OutOfOrder(),
            IllegalStateException("no"),
            AssertionError("an error of Java, which nobody has to catch"),
            StackOverflowError(),
            OutOfMemoryError("as the test says"),
            LogonDenied("of its own"),
            InterruptedException(),
        ).flatMap { thrown ->
            listOf("NTLM", "Negotiate").map { packageName ->
                dynamicTest("${thrown.javaClass.simpleName} in $packageName") {
                    val (server, proof) = pendingServer(packageName) { _, _, _ -> throw thrown }
                    val errors = listOf<() -> Any?>(
                        { server.step(proof) },
                        { server.next() },
                        { server.context },
                        { runBlocking { server.nextAsync() } },
                    ).map { call -> assertFailsWith<InternalError> { call() } }
                    for (error in errors) {
                        assertSame(thrown, generateSequence<Throwable>(error) { it.cause }.first { it === thrown })
                        assertTrue(thrown.javaClass.name in error.context, error.context)
                    }
                    assertTrue(!server.done)
                    pair()
                }
            }
        }

    @Test
    fun `a look-up that recurses without end is an error`() {
        fun deeper(): Account? = deeper()?.let { deeper() }
        val (server, proof) = pendingServer { _, _, _ -> deeper() }
        val error = assertFailsWith<InternalError> { server.step(proof) }
        assertTrue(error.cause is StackOverflowError)
        pair()
    }

    /** Without our wrapper around it, so that what gets through to UniFFI is seen to be no success either. */
    @Test
    fun `an Error that gets through to UniFFI lets nobody in`() {
        val store = object : LookUp {
            override fun lookUp(user: String, domain: String, packageName: String): Found = throw AssertionError("through")
        }
        val identity = NativeIdentity.lookUp(store)
        val options = anysspi.bridge.HandshakeOptions(
            "NTLM", true, null, listOf(identity), null, emptyList(), 0u, 0u, 0u, 0u, null, null, null, 0u, null, emptyList(),
        )
        val server = anysspi.Handshake.start(options) { NativeEnd.start(it) }
        val client = clientOf()
        val proof = client.step(server.step(client.step()))!!
        // UniFFI prints what it could not hand over.
        val (errors, printed) = System.err to ByteArrayOutputStream()
        System.setErr(PrintStream(printed))
        try {
            assertFailsWith<SspiException> { server.step(proof) }
        } finally {
            System.setErr(errors)
        }
        assertTrue("through" in "$printed")
        assertTrue(!server.done)
        pair()
    }

    @Test
    fun `a store is kept as long as it is needed`() {
        var asked = 0
        val server = serverOf(credential = Accounts { _, _, _ ->
            asked++
            Account(USER, PASSWORD)
        })
        val client = clientOf()
        val proof = client.step(server.step(client.step()))!!
        repeat(3) { System.gc() }
        server.step(proof)
        assertEquals(1, asked)
    }
}
