package anysspi

import anysspi.bridge.PackageFacts
import anysspi.bridge.findPackage
import anysspi.bridge.libraryVersion
import anysspi.bridge.listPackages

/** What is told about a security package. */
public data class PackageInfo(
    /** The name it is asked for by. */
    val name: String,
    /** What it is, in a sentence. */
    val comment: String,
    /** What it can do. */
    val capabilities: Set<Capability>,
    /** The version of its protocol. */
    val version: Int,
    /** The number DCE RPC knows it by. */
    val rpcId: Int,
    /** The largest token it makes. */
    val maxToken: Int,
)

internal fun PackageFacts.info(): PackageInfo =
    PackageInfo(
        name,
        comment,
        Capability.entries.filterTo(linkedSetOf()) { capabilities and it.bits == it.bits },
        version.toInt(),
        rpcId.toInt(),
        maxToken.toInt(),
    )

/** What is told about every package. */
public fun packages(): List<PackageInfo> = calling { listPackages().map { it.info() } }

/** What is told about the package with this name, in any case. */
public fun packageInfo(name: String): PackageInfo = calling { findPackage(name).info() }

/** The version of the library. */
public fun version(): String = calling { libraryVersion() }
