package anysspi.tests

import anysspi.CredentialSource
import anysspi.Flag
import anysspi.KdcCarrier
import anysspi.Realm
import anysspi.accept
import anysspi.initiate

internal const val NAME = "EXAMPLE.TEST"
internal const val WEB = "HTTP/web.example.test"
internal const val OTHER = "HTTP/other.example.test"
internal const val ALICE = "alice@$NAME"
internal const val AES256 = "aes256-cts-hmac-sha1-96"

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
}
