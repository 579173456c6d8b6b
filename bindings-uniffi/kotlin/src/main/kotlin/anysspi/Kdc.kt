package anysspi

import anysspi.bridge.Carried
import anysspi.bridge.Carrier

/**
 * Carries questions to KDCs, over whatever transport the application has. What it throws says that no KDC could be
 * asked: Negotiate then goes on without Kerberos, and Kerberos by itself ends with an exception whose `cause` is what
 * was thrown.
 */
public fun interface KdcCarrier {
    /** Brings the message to a KDC of the realm and comes back with the answer. It may block. */
    public fun carry(realm: String, message: ByteArray): ByteArray
}

/** A carrier of the application as the native half calls it. */
internal class GuardedCarrier(private val carrier: KdcCarrier) : Carrier {
    override fun carry(realm: String, message: ByteArray): Carried =
        // Errors too, as with account stores.
        try {
            Carried.Answered(carrier.carry(realm, message))
        } catch (thrown: Throwable) {
            val number = Thrown.here()?.keep(thrown) ?: 0uL
            Carried.NotCarried(number, "the carrier of the question to a KDC threw ${thrown.javaClass.name}")
        }
}
