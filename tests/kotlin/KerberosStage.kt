package anysspi.tests

import anysspi.BufferKind
import anysspi.Credential
import anysspi.CredentialSource
import anysspi.Flag
import anysspi.IscReq
import anysspi.KdcCarrier
import anysspi.Raw
import anysspi.Realm
import anysspi.Status
import anysspi.accept
import anysspi.initiate

internal const val NAME = "EXAMPLE.TEST"
internal const val WEB = "HTTP/web.example.test"
internal const val OTHER = "HTTP/other.example.test"
internal const val ALICE = "alice@$NAME"
internal const val AES256 = "aes256-cts-hmac-sha1-96"

/** What a handshake asks for by itself. */
internal val FLAGS = IscReq.MUTUAL_AUTH or IscReq.CONFIDENTIALITY or IscReq.INTEGRITY or IscReq.REPLAY_DETECT or
    IscReq.SEQUENCE_DETECT

/** What the tests of Kerberos share: a realm in a box, a client and a server in it. */
abstract class KerberosStage {
    protected val realm = Realm(NAME).apply {
        for (user in listOf("alice", "bob")) addUser(user, PASSWORD, encryptionTypes = listOf(AES256))
        for (service in listOf(WEB, OTHER)) addService(service, trustedForDelegation = true)
    }

    protected fun client(
        credential: CredentialSource = realm.tickets("alice", WEB),
        packageName: String = "Kerberos",
        target: String = WEB,
        kdc: KdcCarrier? = null,
        require: Collection<Flag> = emptyList(),
    ) = initiate(packageName, target, credential, require = require, kdc = kdc)

    protected fun server(credential: CredentialSource = realm.keytab(WEB), packageName: String = "Kerberos") =
        accept(packageName, credential)

    /** A leg of a client, call by call: what it comes to, and the token to send. */
    protected fun rawLeg(
        credential: Credential?,
        context: Raw.SecurityContext,
        received: ByteArray = ByteArray(0),
        target: String = WEB,
        more: IscReq = IscReq(0uL),
    ): Pair<Status, ByteArray> {
        val (input, output) = Raw.Buffer(BufferKind.TOKEN, received) to Raw.Buffer(BufferKind.TOKEN)
        val flags = FLAGS or IscReq.ALLOCATE_MEMORY or more
        val outcome =
            Raw.initializeSecurityContext(credential, context, target, flags, listOf(input), listOf(output))
        return outcome.status to output.toByteArray()
    }
}
