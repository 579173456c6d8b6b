package anysspi

import anysspi.bridge.NativeIdentity

/**
 * A certificate chain and the private key of its first certificate: what a server of CREDSSP shows, beside its
 * [Accounts], and who one is to PKU2U, beside [TrustedRoots]. The key is kept outside the heap, wiped, and never
 * shown.
 */
public class Certificate private constructor(native: NativeIdentity) : Identity(native) {
    /** A chain and a private key in DER, the own certificate first. */
    public constructor(chain: List<ByteArray>, privateKey: ByteArray) :
        this(calling { lending(privateKey) { NativeIdentity.certificate(chain, it) } })

    /** The chain in DER, the own certificate first. */
    public val chain: List<ByteArray> get() = calling { native.chain() }

    /** The chain and the private key in PEM, as [fromPem] reads them: for a file that nobody else may read. */
    public fun toPem(): ByteArray = calling { native.toPem() }

    public companion object {
        /**
         * Reads a chain and its private key from PEM, which may be one file or two put together. The key is PKCS#8,
         * PKCS#1 or SEC1, and not encrypted. [CertUnknown] says what is wrong with them.
         */
        public fun fromPem(pem: ByteArray): Certificate =
            Certificate(calling { lending(pem) { NativeIdentity.certificateFromPem(it) } })

        /**
         * A certificate that signs itself, with a new key: what a server uses that is given none. To use one for
         * long, keep it: clients may remember a server by its key.
         */
        public fun selfSigned(hostName: String): Certificate =
            Certificate(calling { NativeIdentity.selfSignedCertificate(hostName) })
    }
}

/**
 * The roots by which a client judges a server's certificate and the name in it. Without any, the server is judged
 * by the proof of its key alone. To PKU2U they are the certificates of the peers that are trusted, on both sides.
 */
public class TrustedRoots private constructor(native: NativeIdentity) : Identity(native) {
    /** Roots in DER. */
    public constructor(roots: List<ByteArray>) : this(calling { NativeIdentity.trustedRoots(roots) })

    public companion object {
        /** Roots in PEM, any number of them in a file. */
        public fun fromPem(pem: ByteArray): TrustedRoots =
            TrustedRoots(calling { lending(pem) { NativeIdentity.trustedRootsFromPem(it) } })
    }
}
