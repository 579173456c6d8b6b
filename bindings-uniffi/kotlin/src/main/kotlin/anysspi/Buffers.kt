package anysspi

import java.nio.ByteBuffer

/** Up to this size, bytes go to the native half in memory that a thread keeps. */
private const val KEPT = 131_072

private val zeros = ByteArray(KEPT)

/** Memory that the native half can see, one for a thread; none while it is in use. */
private val kept = ThreadLocal.withInitial<ByteBuffer?> { ByteBuffer.allocateDirect(KEPT) }

/**
 * Lends bytes to the native half, which sees only memory outside the heap. A look-up of the application may
 * make calls of its own during a call, so what is in use is nobody else's.
 */
internal inline fun <T> lending(bytes: ByteArray, call: (ByteBuffer) -> T): T {
    val space = take(bytes.size)
    space.put(bytes).flip()
    try {
        return call(space)
    } finally {
        give(space, bytes.size)
    }
}

/** Lends the bytes that remain in a buffer: without a copy, where it is a direct one. */
internal inline fun <T> lending(bytes: ByteBuffer, call: (ByteBuffer) -> T): T {
    if (bytes.isDirect) return call(bytes.duplicate())
    val space = take(bytes.remaining())
    space.put(bytes.duplicate()).flip()
    try {
        return call(space)
    } finally {
        give(space, bytes.remaining())
    }
}

internal fun take(size: Int): ByteBuffer {
    val space = if (size <= KEPT) kept.get() else null
    if (space == null) return ByteBuffer.allocateDirect(size)
    kept.set(null)
    return space.clear()
}

internal fun give(space: ByteBuffer, used: Int) {
    if (space.capacity() == KEPT) {
        // A hash, or what somebody wrote in confidence.
        space.clear().put(zeros, 0, used).clear()
        kept.set(space)
    }
}
