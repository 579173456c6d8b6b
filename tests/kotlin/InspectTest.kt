package anysspi.tests

import anysspi.Field
import anysspi.inspect
import kotlin.test.assertEquals
import kotlin.test.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.TestFactory

/** Tokens and what is seen in them. */
class InspectTest {
    @TestFactory
    fun `the shared cases pass`() =
        forCases("inspect.json") { shared ->
            val token = unhex(shared.text("token")!!)
            val seen = inspect(token)
            assertEquals(shared["protocol"] to shared["message"], seen.protocol to seen.message)
            assertEquals(shared["problems"], seen.problems)
            assertEquals((shared["fields"] as Shared).size, seen.flat.size)
            assertEquals(shared["fields"], seen.flat.toMap())
            assertEquals(token.size, seen.length)
        }

    private fun tokens(packageName: String = "NTLM") =
        Exchange(clientOf(packageName), serverOf(packageName)).also { it.run() }.tokens

    private fun List<Field>.named(name: String) = single { it.name == name }

    @Test
    fun `a field says where it is`() {
        val kind = inspect(tokens()[1]).fields.named("MessageType")
        assertEquals(listOf("2", 8L, 4L, false), kind.run { listOf(value, offset, length, isHidden) })
        assertEquals("MessageType: 2", "$kind")
    }

    @Test
    fun `what could be cracked is not shown`() {
        val proof = tokens()[2]
        val seen = inspect(proof)
        val response = seen.fields.named("NtChallengeResponse").fields.named("Response")
        for (field in listOf(response, seen.fields.named("EncryptedRandomSessionKey"))) {
            assertTrue(field.isHidden)
            assertEquals(16, field.length)
            val secret = hex(proof.copyOfRange(field.offset.toInt(), field.offset.toInt() + 16))
            assertTrue(secret !in "$seen${seen.flat}$field")
        }
        assertTrue("$seen".lines().size > 3)
    }

    @Test
    fun `no token makes it fail`() {
        val tokens = listOf("", "\u0000", "NTLMSSP\u0000", "`".repeat(70_000)).map(::bytes) + ByteArray(16 shl 20) { 0x60 }
        for (token in tokens) {
            val seen = inspect(token)
            assertEquals(token.size, seen.length)
            assertTrue(seen.problems.isNotEmpty())
        }
    }

    @Test
    fun `every cut of a token can be inspected`() {
        for (token in tokens() + tokens("Negotiate")) {
            assertEquals(emptyList(), inspect(token).problems)
            for (length in token.indices) {
                val seen = inspect(token.copyOf(length))
                // The oldest clients end their first token after the flags.
                assertTrue(seen.problems.isNotEmpty() || seen.message == "NEGOTIATE_MESSAGE")
            }
        }
    }
}
