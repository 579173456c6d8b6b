package anysspi.tests

import anysspi.Account
import anysspi.AccountState
import anysspi.Accounts
import anysspi.CredentialException
import anysspi.ErrorDetails
import anysspi.Family
import anysspi.HandshakeException
import anysspi.IncompleteMessage
import anysspi.InternalException
import anysspi.LogonDenied
import anysspi.NetworkException
import anysspi.Password
import anysspi.ProtectionException
import anysspi.SspiException
import anysspi.Status
import anysspi.TimeSkew
import anysspi.UnlistedStatus
import anysspi.UnsupportedException
import anysspi.UsageException
import anysspi.bridge.HandshakeOptions
import anysspi.classes
import anysspi.inspect
import kotlin.test.assertContentEquals
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertNotNull
import kotlin.test.assertNull
import kotlin.test.assertTrue
import org.junit.jupiter.api.DynamicTest
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.TestFactory

/** Statuses: classes and numbers are those of tests/cases/statuses.json. */
class StatusesTest {
    private val rows = (readShared("statuses.json")["statuses"] as List<*>).map { it as Shared }
    private val errors = rows.filter { it.text("symbol")!!.startsWith("SEC_E_") && it["symbol"] != "SEC_E_OK" }
    private val families = mapOf(
        "Credential" to CredentialException::class.java,
        "Handshake" to HandshakeException::class.java,
        "Protection" to ProtectionException::class.java,
        "Usage" to UsageException::class.java,
        "Unsupported" to UnsupportedException::class.java,
        "Network" to NetworkException::class.java,
        "Internal" to InternalException::class.java,
    )

    private fun numberOf(row: Shared) = row.text("number")!!.removePrefix("0x").toUInt(16)

    /** The error of a package that fails with this status: all the way from the library. */
    private fun failing(status: UInt): SspiException {
        val options = HandshakeOptions(
            "Failing", true, null, emptyList(), null, emptyList(), 0u, 0u, 0u, 0u, null, null, null, 0u, null, emptyList(),
        )
        val around = surroundings(0, 0, "host", status)
        val server = anysspi.Handshake.start(options, around::start)
        return assertFailsWith<SspiException> { server.step(bytes("x")) }
    }

    @TestFactory
    fun `every error has a class of its name and family`() =
        errors.map { row ->
            DynamicTest.dynamicTest(row.text("symbol")!!) {
                // A handshake waits for the rest of a message, and does not fail.
                val waits = row["symbol"] == "SEC_E_INCOMPLETE_MESSAGE"
                val error = if (waits) IncompleteMessage("why") else failing(numberOf(row))
                assertEquals(row["name"], error.javaClass.simpleName)
                assertEquals(classes[numberOf(row)], error.javaClass)
                assertTrue(families.getValue(row.text("family")!!).isInstance(error))
                assertEquals(numberOf(row), error.status)
                assertEquals(row["symbol"], error.symbol)
                assertEquals(row.text("family")!!.uppercase(), error.family.name)
                assertEquals("${error.symbol}: ${error.context}", error.message)
                assertTrue(error.context.isNotEmpty())
                assertEquals(row["symbol"], Status(numberOf(row)).toString())
            }
        }

    @Test
    fun `there is nothing beside the table`() {
        assertTrue(errors.size > 70)
        assertEquals(errors.map(::numberOf).toSet(), classes.keys)
        assertEquals(families.keys.map { it.uppercase() }, Family.entries.map { it.name })
    }

    @Test
    fun `a number that nobody knows is kept`() {
        val error = failing(0x80090FFFu)
        assertEquals(UnlistedStatus::class, error::class)
        assertEquals(listOf(0x80090FFFu, "0x80090FFF", Family.INTERNAL), error.run { listOf(status, symbol, family) })
    }

    @Test
    fun `the text has the code of the protocol`() {
        val nt = LogonDenied("no", ErrorDetails(ntStatus = 0xC0000072u))
        assertEquals("SEC_E_LOGON_DENIED: no (NTSTATUS 0xC0000072)", nt.message)
        val kerberos = TimeSkew("no", ErrorDetails(kerberosCode = 37))
        assertEquals("SEC_E_TIME_SKEW: no (Kerberos error 37)", kerberos.message)
    }

    @Test
    fun `an error of a handshake has everything`() {
        val locked = Accounts(listOf(Account(USER, PASSWORD, state = AccountState.LOCKED)))
        val error = assertFailsWith<CredentialException> { pair(server = serverOf(credential = locked)) }
        assertEquals(LogonDenied::class, error::class)
        assertEquals(0xC0000234u, error.ntStatus)
        assertNull(error.token)
        assertNull(error.cause)
        assertTrue(error.stackTrace.any { it.fileName == "StatusesTest.kt" })
    }

    @Test
    fun `a token for the peer comes with the error`() {
        val client = clientOf("Negotiate", Password(USER, "wrong"))
        val server = serverOf("Negotiate")
        var token: ByteArray = client.step()!!
        val error = assertFailsWith<LogonDenied> { while (true) token = client.step(server.step(token))!! }
        assertTrue("negState" to "reject" in inspect(assertNotNull(error.token)).flat)
        val again = assertFailsWith<LogonDenied> { server.next() }
        assertContentEquals(error.token, again.token)
        assertTrue("rejected" in assertFailsWith<SspiException> { client.step(error.token) }.context)
    }
}
