package anysspi

import anysspi.bridge.EarlyAnswer
import anysspi.bridge.checkEarlyAnswer
import anysspi.bridge.earlyAnswerFromBytes
import anysspi.bridge.earlyAnswerToBytes

/**
 * Whether the server lets the user in whom it has authenticated: the first four bytes of the stream in RDP with
 * `PROTOCOL_HYBRID_EX`. They are the application's to send and to read, because nothing in CredSSP says whether they
 * come.
 */
public enum class EarlyUserAuthResult(private val native: EarlyAnswer) {
    /** `AUTHZ_SUCCESS`: the user may go on. */
    SUCCESS(EarlyAnswer.SUCCESS),

    /** `AUTHZ_ACCESS_DENIED`: the user may not. */
    ACCESS_DENIED(EarlyAnswer.ACCESS_DENIED),
    ;

    /** What is sent: four bytes. */
    public fun toBytes(): ByteArray = calling { earlyAnswerToBytes(native) }

    /** Throws [LogonDenied] where the user is not let in. */
    public fun check(): Unit = calling { checkEarlyAnswer(native) }

    public companion object {
        /** What was received: four bytes, and nothing else than the two answers, or [InvalidToken] is thrown. */
        public fun fromBytes(received: ByteArray): EarlyUserAuthResult {
            val native = calling { lending(received) { earlyAnswerFromBytes(it) } }
            return entries.single { it.native == native }
        }
    }
}
